import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A claim: which record holds a value that no two rows of a tenant may share. Unlike a unique index on the entity's
 * own table it can be given up and taken within one batch, in any order.
 */
@Entity('unique_value')
export class UniqueValueEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'text' })
  entity: string;

  /** In lower case. */
  @PrimaryColumn({ type: 'text' })
  value: string;

  @Column({ type: 'text' })
  zoho_id: string;
}
