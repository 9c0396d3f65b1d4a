import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Summary } from '../sync/sync-report';
import type { MissingCounts } from './import-report';

/** `running` until the end of the file was reached; `abandoned` when somebody began it anew before. */
export const IMPORT_STATES = ['running', 'finished', 'abandoned'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** A file that is taken in, portion by portion, and how far that has come. */
@Entity('import')
@Index(['tenant_id', 'key'], { unique: true, where: `state = 'running'` })
export class ImportEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  /** UUID version 7, so that imports are in the order in which they began. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  entity: string;

  /** What an unfinished import is found by: named by the caller, else made of its beginning. */
  @Column({ type: 'text' })
  key: string;

  @Column({ type: 'text' })
  state: ImportState;

  /** Whether the file has all records that there are. */
  @Column({ type: 'boolean' })
  is_full: boolean;

  /** How many portions are done. */
  @Column({ type: 'integer', default: 0 })
  portions: number;

  @Column({ type: 'jsonb' })
  summary: Summary;

  /** How many records were neither stored nor wait for others. */
  @Column({ type: 'integer' })
  rejected: number;

  /** How many records had no id that can be read. */
  @Column({ type: 'integer' })
  without_id: number;

  @Column({ type: 'integer' })
  released: number;

  /** Of a full one: how many stored records the file lacks, and what became of them. */
  @Column({ type: 'jsonb', nullable: true })
  missing: MissingCounts | null;

  @Column({ type: 'timestamptz' })
  started_at: Date;

  @Column({ type: 'timestamptz' })
  updated_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finished_at: Date | null;
}
