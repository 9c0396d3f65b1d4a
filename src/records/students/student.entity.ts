import { Column, Entity, Index, Unique } from 'typeorm';
import type { CanonicalColumns } from '../../sync/fields';
import { SyncedEntity } from '../../sync/synced.entity';
import type { student } from './students.fields';

@Entity('student')
@Unique(['tenant_id', 'zoho_id'])
@Index(['tenant_id', 'updated_at'])
export class StudentEntity extends SyncedEntity implements CanonicalColumns<typeof student> {
  @Column({ type: 'text', nullable: true })
  academic_email: string | null;

  /** The academic e-mail in lower case. */
  @Column({ type: 'text', nullable: true })
  username: string | null;

  @Column({ type: 'text', nullable: true })
  display_name: string | null;

  @Column({ type: 'text', nullable: true })
  first_name: string | null;

  @Column({ type: 'text', nullable: true })
  last_name: string | null;

  @Column({ type: 'text', nullable: true })
  student_number: string | null;

  @Column({ type: 'text', nullable: true })
  phone: string | null;

  @Column({ type: 'text', nullable: true })
  status: string | null;

  @Column({ type: 'date', nullable: true })
  birth_date: string | null;

  @Column({ type: 'text', nullable: true })
  country: string | null;

  @Column({ type: 'text', nullable: true })
  city: string | null;

  @Column({ type: 'text', nullable: true })
  program_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  zoho_moodle_id: string | null;
}
