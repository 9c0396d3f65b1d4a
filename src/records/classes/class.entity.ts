import { Column, Entity, Index, Unique } from 'typeorm';
import type { CanonicalColumns } from '../../sync/fields';
import { SyncedEntity } from '../../sync/synced.entity';
import type { classDefinition } from './classes.fields';

@Entity('class')
@Unique(['tenant_id', 'zoho_id'])
@Index(['tenant_id', 'updated_at'])
export class ClassEntity extends SyncedEntity implements CanonicalColumns<typeof classDefinition> {
  @Column({ type: 'text', nullable: true })
  name: string | null;

  @Column({ type: 'text', nullable: true })
  class_number: string | null;

  @Column({ type: 'text', nullable: true })
  short_name: string | null;

  @Column({ type: 'text', nullable: true })
  status: string | null;

  @Column({ type: 'date', nullable: true })
  start_date: string | null;

  @Column({ type: 'date', nullable: true })
  end_date: string | null;

  @Column({ type: 'text', nullable: true })
  program_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  unit_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  teacher_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  teacher_name: string | null;

  @Column({ type: 'text', nullable: true })
  ms_teams_id: string | null;

  @Column({ type: 'text', nullable: true })
  zoho_moodle_id: string | null;
}
