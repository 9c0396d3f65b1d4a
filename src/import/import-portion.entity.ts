import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Summary } from '../sync/sync-report';

/** A portion that is done, of an import that is not; written in the portion's own transaction. */
@Entity('import_portion')
export class ImportPortionEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'uuid' })
  import_id: string;

  /** Counts from 1. */
  @PrimaryColumn({ type: 'integer' })
  number: number;

  /** SHA-256 of what stands in the file, in hexadecimal. */
  @Column({ type: 'text' })
  digest: string;

  @Column({ type: 'integer' })
  without_id: number;

  @Column({ type: 'jsonb' })
  summary: Summary;

  /** The run with what became of its records. */
  @Column({ type: 'uuid' })
  run_id: string;
}
