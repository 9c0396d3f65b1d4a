import { Column, CreateDateColumn, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** The columns that every synced table has. `tenant_id` leads every key and index. */
export abstract class SyncedEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  /** UUID version 7, so that rows are in the order of their creation. */
  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  zoho_id: string;

  /** SHA-256 of the canonical record, in hexadecimal. */
  @Column({ type: 'text' })
  fingerprint: string;

  /** Zoho's `Modified_Time` of the newest record applied; null when none came with one. */
  @Column({ type: 'timestamptz', nullable: true })
  version: Date | null;

  /** When a record from Zoho last changed the row. */
  @Column({ type: 'timestamptz' })
  last_sync: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updated_at: Date;

  /** Fields that the tenant's profile keeps beside the canonical ones, by name. */
  @Column({ type: 'jsonb', nullable: true })
  custom: Record<string, string> | null;

  /** Set on a tombstone. */
  @Column({ type: 'timestamptz', nullable: true })
  deleted_at: Date | null;
}
