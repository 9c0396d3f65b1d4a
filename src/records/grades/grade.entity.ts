import { Column, Entity, Index, Unique } from 'typeorm';
import type { CanonicalColumns, ListElement } from '../../sync/fields';
import { SyncedEntity } from '../../sync/synced.entity';
import type { grade } from './grades.fields';

@Entity('grade')
@Unique(['tenant_id', 'zoho_id'])
@Index(['tenant_id', 'updated_at'])
export class GradeEntity extends SyncedEntity implements CanonicalColumns<typeof grade> {
  @Column({ type: 'text', nullable: true })
  student_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  class_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  unit_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  unit_text: string | null;

  @Column({ type: 'text', nullable: true })
  grade: string | null;

  @Column({ type: 'numeric', nullable: true })
  score: string | null;

  @Column({ type: 'text', nullable: true })
  status: string | null;

  @Column({ type: 'numeric', nullable: true })
  attempt: string | null;

  @Column({ type: 'date', nullable: true })
  date: string | null;

  @Column({ type: 'text', nullable: true })
  feedback: string | null;

  @Column({ type: 'text', nullable: true })
  grader: string | null;

  @Column({ type: 'jsonb', nullable: true })
  outcomes: ListElement[] | null;
}
