import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How the push stands for a tenant as a whole. */
@Entity('push_tenant')
export class PushTenantEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  /** By which everything was planned; another plans everything anew. */
  @Column({ type: 'text' })
  layout: string;

  @Column({ type: 'integer' })
  profile_version: number;

  /** The Moodle in which the targets are known to be; null while nothing was pushed. */
  @Column({ type: 'text', nullable: true })
  base_url: string | null;

  /** `site`: Moodle refuses all calls · `person`: somebody has switched it off; null while it goes on. */
  @Column({ type: 'text', nullable: true })
  paused_by: 'site' | 'person' | null;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'text', nullable: true })
  message: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  paused_at: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  next_check_at: Date | null;
}
