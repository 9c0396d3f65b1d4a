import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import type { SecretField } from './secret-field';

/** A secret of a tenant, sealed. */
@Entity('tenant_secret')
export class TenantSecretEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'text' })
  field: SecretField;

  /** Counts from 1. */
  @PrimaryColumn({ type: 'smallint' })
  slot: number;

  /** By `KeyRing.seal`. */
  @Column({ type: 'text' })
  sealed: string;

  /** When this content came; sealing it anew changes nothing about that. */
  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;
}
