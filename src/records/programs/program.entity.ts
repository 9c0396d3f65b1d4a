import { Column, Entity, Index, Unique } from 'typeorm';
import type { CanonicalColumns } from '../../sync/fields';
import { SyncedEntity } from '../../sync/synced.entity';
import type { program } from './programs.fields';

@Entity('program')
@Unique(['tenant_id', 'zoho_id'])
@Index(['tenant_id', 'updated_at'])
export class ProgramEntity extends SyncedEntity implements CanonicalColumns<typeof program> {
  @Column({ type: 'text', nullable: true })
  name: string | null;

  @Column({ type: 'text', nullable: true })
  code: string | null;

  /** As text: a double would not hold every decimal. */
  @Column({ type: 'numeric', nullable: true })
  price: string | null;

  @Column({ type: 'text', nullable: true })
  status: string | null;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'text', nullable: true })
  zoho_moodle_id: string | null;
}
