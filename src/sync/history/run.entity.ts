import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Summary } from '../sync-report';
import type { RunKind } from '../run';
import type { RunResult } from './run-result';

/** One sync request, or a portion of an import, and what became of each record of it. */
@Entity('run')
@Index(['tenant_id', 'import_id', 'id'])
export class RunEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  /** UUID version 7, so that runs are in the order in which they began. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  kind: RunKind;

  /** null for work on what waits, whatever it is */
  @Column({ type: 'text', nullable: true })
  entity: string | null;

  @Column({ type: 'timestamptz' })
  received_at: Date;

  @Column({ type: 'text', nullable: true })
  request_id: string | null;

  @Column({ type: 'text', nullable: true })
  idempotency_key: string | null;

  @Column({ type: 'text', nullable: true })
  source: string | null;

  /** The import that it is a portion of. */
  @Column({ type: 'uuid', nullable: true })
  import_id: string | null;

  @Column({ type: 'jsonb' })
  summary: Summary;

  /** Every record but those that were UNCHANGED; of an import, those that were not applied. The others are only counted. */
  @Column({ type: 'jsonb' })
  results: RunResult[];

  /** How many records that had waited were applied because of this run. */
  @Column({ type: 'integer' })
  released: number;
}
