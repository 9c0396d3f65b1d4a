import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** One act of an administrator. */
@Entity('audit_entry')
export class AuditEntryEntity {
  /** `*` for what concerns the service as a whole */
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  /** UUID version 7, so that entries are in the order in which they were written. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @CreateDateColumn({ type: 'timestamptz' })
  at: Date;

  @Column({ type: 'text' })
  actor: string;

  @Column({ type: 'text' })
  act: string;

  @Column({ type: 'text' })
  subject: string;

  @Column({ type: 'jsonb', nullable: true })
  before: unknown;

  @Column({ type: 'jsonb', nullable: true })
  after: unknown;

  @Column({ type: 'text', nullable: true })
  request_id: string | null;
}
