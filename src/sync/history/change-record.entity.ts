import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Changes } from '../diff';

/** One change of one row: what it was before and after, by which run, and when. */
@Entity('change_record')
// By blocks (BRIN), which TypeORM cannot declare.
@Index('change_record_recorded_at_idx', { synchronize: false })
export class ChangeRecordEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'text' })
  entity: string;

  @PrimaryColumn({ type: 'text' })
  zoho_id: string;

  /** UUID version 7, so that changes are in the order in which they were made. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  /** NEW, UPDATED or DELETED */
  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'jsonb' })
  changes: Changes;

  /** `Modified_Time` of the record that made the change. */
  @Column({ type: 'timestamptz', nullable: true })
  version: Date | null;

  /** The run that made the change. */
  @Column({ type: 'uuid' })
  run_id: string;

  /** The run that brought the record, when it had to wait. */
  @Column({ type: 'uuid', nullable: true })
  waited_since_run_id: string | null;

  @Column({ type: 'timestamptz' })
  recorded_at: Date;
}
