import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { Scope } from '../scope';

/** A key that lets somebody in. It is looked up before a tenant is known, so its table has no policy. */
@Entity('api_key')
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'text' })
  id: string;

  /** SHA-256 of the secret in hexadecimal */
  @Column({ type: 'text' })
  hash: string;

  @Column({ type: 'text' })
  name: string;

  /** null: of all tenants */
  @Column({ type: 'text', nullable: true })
  tenant_id: string | null;

  @Column({ type: 'text', array: true })
  scopes: Scope[];

  @Column({ type: 'integer', nullable: true })
  requests_per_minute: number | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  expires_at: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  revoked_at: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  last_used_at: Date | null;
}
