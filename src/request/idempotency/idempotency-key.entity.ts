import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Witness } from '../../sync/witness';

/** A key that is claimed (no answer yet) or answered. */
@Entity('idempotency_key')
@Index(['tenant_id', 'expires_at'])
export class IdempotencyKeyEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'text' })
  route: string;

  @PrimaryColumn({ type: 'text' })
  key: string;

  /** The request that claimed it. */
  @Column({ type: 'text' })
  owner: string;

  /** SHA-256 of that request's body, in hexadecimal. */
  @Column({ type: 'text' })
  body_hash: string;

  /** The answer's body, as text: its bytes must stay as they are. */
  @Column({ type: 'text', nullable: true })
  answer: string | null;

  @Column({ type: 'jsonb', nullable: true })
  witness: Witness | null;

  /** The end of the lease, or of the time for which the answer is kept. */
  @Column({ type: 'timestamptz' })
  expires_at: Date;
}
