import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

/**
 * `wanted`: to be pushed · `pushed`: Moodle has what it is to have · `waiting`: for another target · `retrying`: after a
 * fault that may pass · `failed`: until the record or somebody changes it · `held`: until somebody approves · `ignored`
 */
export const TARGET_STATES = ['wanted', 'pushed', 'waiting', 'retrying', 'failed', 'held', 'ignored'] as const;
export type TargetState = (typeof TARGET_STATES)[number];

/** One thing in Moodle that is kept as our rows want it: a user, a course, one user's enrolment in one course. */
@Entity('push_target')
@Unique('push_target_tenant_id_id_key', ['tenant_id', 'id'])
@Index('push_target_tenant_id_kind_next_try_at_idx', ['tenant_id', 'kind', 'next_try_at'])
@Index('push_target_tenant_id_state_idx', ['tenant_id', 'state'])
@Index('push_target_tenant_id_place_idx', ['tenant_id', 'place'])
@Index('push_target_tenant_id_subject_idx', ['tenant_id', 'subject'])
export class PushTargetEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  /** Names it in the routes. */
  @Column({ type: 'uuid' })
  id: string;

  /** user, course, section, group, enrolment … */
  @PrimaryColumn({ type: 'text' })
  kind: string;

  /** What it is about, such as `student:584…`. */
  @PrimaryColumn({ type: 'text' })
  subject: string;

  /** What it is in, such as `program:584…`; empty for what stands alone. */
  @PrimaryColumn({ type: 'text' })
  place: string;

  /** Counts the changes that concern it; those up to `pushed` are in Moodle. */
  @Column({ type: 'bigint' })
  wanted: string;

  @Column({ type: 'bigint' })
  pushed: string;

  @Column({ type: 'text' })
  state: TargetState;

  /** Why it is in this state: a code of Moodle's or of ours. */
  @Column({ type: 'text', nullable: true })
  reason: string | null;

  /** The same in plain words, with what to do. */
  @Column({ type: 'text', nullable: true })
  message: string | null;

  /** The run that has made it wanted last; null where no run did. */
  @Column({ type: 'uuid', nullable: true })
  run_id: string | null;

  /** Since the last success. */
  @Column({ type: 'integer' })
  attempts: number;

  @Column({ type: 'timestamptz', nullable: true })
  next_try_at: Date | null;

  /** The targets that it waits for, each as `kind subject place`. */
  @Column({ type: 'text', array: true, nullable: true })
  awaits: string[] | null;

  @Column({ type: 'bigint', nullable: true })
  moodle_id: string | null;

  /** SHA-256 of what was pushed last, so that nothing personal is kept here. */
  @Column({ type: 'text', nullable: true })
  pushed_digest: string | null;

  /** Whether Moodle has it as something that is in use: not suspended, not hidden. */
  @Column({ type: 'boolean' })
  is_active: boolean;

  /** What Moodle has must be looked up: a call or a worker was lost in between. */
  @Column({ type: 'boolean' })
  is_doubtful: boolean;

  /** Until then a call that was lost may still be carried out: nothing is created. */
  @Column({ type: 'timestamptz', nullable: true })
  doubt_until: Date | null;

  /** What the kind has to remember, such as the sections that were there before one was added. */
  @Column({ type: 'jsonb', nullable: true })
  memo: unknown;

  /** What somebody wrote who told to ignore it. */
  @Column({ type: 'text', nullable: true })
  note: string | null;

  /** The worker that has it, until then by the database's clock. */
  @Column({ type: 'uuid', nullable: true })
  lease: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  leased_until: Date | null;

  @Column({ type: 'timestamptz' })
  changed_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  pushed_at: Date | null;

  /** What it is held back with. */
  @Column({ type: 'uuid', nullable: true })
  hold_id: string | null;

  /** Somebody has approved that it is suspended or hidden. */
  @Column({ type: 'boolean' })
  is_approved: boolean;

  /** When it was suspended or hidden last, without having been approved. */
  @Column({ type: 'timestamptz', nullable: true })
  deactivated_at: Date | null;
}
