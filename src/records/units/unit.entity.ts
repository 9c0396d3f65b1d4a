import { Column, Entity, Index, Unique } from 'typeorm';
import type { CanonicalColumns, ListElement } from '../../sync/fields';
import { SyncedEntity } from '../../sync/synced.entity';
import type { unit } from './units.fields';

@Entity('unit')
@Unique(['tenant_id', 'zoho_id'])
@Index(['tenant_id', 'updated_at'])
export class UnitEntity extends SyncedEntity implements CanonicalColumns<typeof unit> {
  @Column({ type: 'text', nullable: true })
  name: string | null;

  @Column({ type: 'text', nullable: true })
  code: string | null;

  @Column({ type: 'text', nullable: true })
  number: string | null;

  @Column({ type: 'text', nullable: true })
  level: string | null;

  @Column({ type: 'numeric', nullable: true })
  credits: string | null;

  @Column({ type: 'text', nullable: true })
  status: string | null;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'text', nullable: true })
  program_zoho_id: string | null;

  @Column({ type: 'jsonb', nullable: true })
  criteria: ListElement[] | null;
}
