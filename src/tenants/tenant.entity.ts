import { CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A tenant that has sent something. The list is of no tenant, and so the one table beside the migrations' without a policy. */
@Entity('tenant')
export class TenantEntity {
  @PrimaryColumn({ type: 'text' })
  id: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;
}
