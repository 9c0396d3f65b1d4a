import { Entity, Index, PrimaryColumn } from 'typeorm';

/** Which record waits for which: a line for each parent that is missing. */
@Entity('deferred_parent')
@Index(['tenant_id', 'entity', 'zoho_id'])
export class DeferredParentEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'text' })
  parent_entity: string;

  @PrimaryColumn({ type: 'text' })
  parent_zoho_id: string;

  @PrimaryColumn({ type: 'text' })
  entity: string;

  @PrimaryColumn({ type: 'text' })
  zoho_id: string;
}
