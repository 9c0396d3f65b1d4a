import { Column, Entity, Index, Unique } from 'typeorm';
import type { CanonicalColumns } from '../../sync/fields';
import { SyncedEntity } from '../../sync/synced.entity';
import type { teacher } from './teachers.fields';

@Entity('teacher')
@Unique(['tenant_id', 'zoho_id'])
@Index(['tenant_id', 'updated_at'])
export class TeacherEntity extends SyncedEntity implements CanonicalColumns<typeof teacher> {
  @Column({ type: 'text', nullable: true })
  name: string | null;

  @Column({ type: 'text', nullable: true })
  academic_email: string | null;

  @Column({ type: 'text', nullable: true })
  email: string | null;

  @Column({ type: 'text', nullable: true })
  phone: string | null;

  @Column({ type: 'text', nullable: true })
  zoho_moodle_id: string | null;
}
