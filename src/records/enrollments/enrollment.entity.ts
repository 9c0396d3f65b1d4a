import { Column, Entity, Index, Unique } from 'typeorm';
import type { CanonicalColumns } from '../../sync/fields';
import { SyncedEntity } from '../../sync/synced.entity';
import type { enrollment } from './enrollments.fields';

@Entity('enrollment')
@Unique(['tenant_id', 'zoho_id'])
@Index(['tenant_id', 'updated_at'])
export class EnrollmentEntity extends SyncedEntity implements CanonicalColumns<typeof enrollment> {
  @Column({ type: 'text', nullable: true })
  student_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  class_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  program_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  program_text: string | null;

  @Column({ type: 'text', nullable: true })
  status: string | null;

  @Column({ type: 'text', nullable: true })
  type: string | null;

  @Column({ type: 'date', nullable: true })
  start_date: string | null;

  @Column({ type: 'date', nullable: true })
  end_date: string | null;

  @Column({ type: 'text', nullable: true })
  zoho_moodle_id: string | null;
}
