import type { FileLayout, SourceRecord, Bytes, ImportFormat } from './reading/source-record';
import type { RejectedRecord } from './import-report';

/** What is to be taken in, and how. */
export interface ImportOrder {
  readonly tenantId: string;
  /** null of the command */
  readonly requestId: string | null;
  /** as in the routes, such as `students` */
  readonly entity: string;
  readonly bytes: Bytes;
  readonly format: ImportFormat;
  /** what an unfinished import is found by; null: it is made of the file's beginning */
  readonly key: string | null;
  /** tell what would happen, and write nothing */
  readonly dryRun: boolean;
  /** the file has all records that there are: tell which of the stored ones it lacks */
  readonly full: boolean;
  /** delete those that a full file lacks, provided that they are so many at most; null: delete none */
  readonly deleteMissing: number | null;
  /** begin anew, though there is an unfinished import of the same key */
  readonly restart: boolean;
}

/** A rejected record with what stands of it in the file. */
export interface RejectedSource extends RejectedRecord {
  readonly source: SourceRecord['source'];
}

/** How far an import has come. */
export interface ImportProgress {
  /** of the file, those of an earlier try too */
  readonly records: number;
  /** those that an earlier try had applied */
  readonly skipped: number;
  readonly rejected: number;
}

/** Who wants to know what becomes of an import while it goes on; each is waited for. */
export interface ImportListener {
  /** When it is known what the file is like, before anything is applied; the id is null of a dry run. */
  opened?(layout: FileLayout, importId: string | null): Promise<void> | void;
  /** After each portion. */
  progress?(progress: ImportProgress): void;
  /** Records that were rejected, in their order; those of an earlier try too. */
  rejected?(records: readonly RejectedSource[]): Promise<void> | void;
  /** Ids of stored records that a full file lacks. */
  missing?(zohoIds: readonly string[]): Promise<void> | void;
}
