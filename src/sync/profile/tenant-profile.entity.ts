import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { Profile } from './profile';

/** One version of a tenant's profile; the highest counts. */
@Entity('tenant_profile')
export class TenantProfileEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'integer' })
  version: number;

  @Column({ type: 'jsonb' })
  profile: Profile;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;
}
