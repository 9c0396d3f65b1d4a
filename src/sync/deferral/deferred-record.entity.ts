import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { CanonicalValues, RecordIssue } from '../record';
import type { MissingParent } from '../row-state';

/**
 * `waiting` for a parent; `failed` to be stored, and tried again; `expired` after waiting too long; `rejected` when its
 * parents had come and it was INVALID nevertheless.
 */
export const DEFERRED_STATES = ['waiting', 'failed', 'expired', 'rejected'] as const;
export type DeferredState = (typeof DEFERRED_STATES)[number];

/** What records carried that could not be stored yet, merged into one for each id. */
@Entity('deferred_record')
@Index(['tenant_id', 'state', 'since'])
export class DeferredRecordEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'text' })
  entity: string;

  @PrimaryColumn({ type: 'text' })
  zoho_id: string;

  @Column({ type: 'text' })
  state: DeferredState;

  /** Canonical values, of the fields that the records carried. */
  @Column({ type: 'jsonb' })
  carried: CanonicalValues;

  @Column({ type: 'timestamptz', nullable: true })
  version: Date | null;

  @Column({ type: 'jsonb' })
  missing: MissingParent[];

  /** Of a rejected record, what is wrong with it. */
  @Column({ type: 'jsonb', nullable: true })
  errors: RecordIssue[] | null;

  /** The run of the newest record that is merged in. */
  @Column({ type: 'uuid' })
  run_id: string;

  /** When the first record came that waits here. */
  @Column({ type: 'timestamptz' })
  since: Date;

  @Column({ type: 'timestamptz' })
  updated_at: Date;

  /** Of a failed record, how often it was tried, and when it is tried next. */
  @Column({ type: 'integer' })
  attempts: number;

  @Column({ type: 'timestamptz', nullable: true })
  next_try_at: Date | null;
}
