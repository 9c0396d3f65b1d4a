import { Column, Entity, PrimaryColumn } from 'typeorm';

export const HOLD_STATES = ['open', 'approved', 'rejected', 'expired'] as const;
export type HoldState = (typeof HOLD_STATES)[number];

/** Suspensions that were too many at once, and wait for somebody to approve them. */
@Entity('push_hold')
export class PushHoldEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  /** UUID version 7, so that holds are in the order in which they began. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  state: HoldState;

  @Column({ type: 'timestamptz' })
  created_at: Date;

  @Column({ type: 'timestamptz' })
  expires_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  decided_at: Date | null;

  /** What whoever decided had to say. */
  @Column({ type: 'text', nullable: true })
  note: string | null;

  /** How many targets were in it when it was decided. */
  @Column({ type: 'integer' })
  size: number;
}
