import { Column, Entity, Index, Unique } from 'typeorm';
import type { CanonicalColumns, ListElement } from '../../sync/fields';
import { SyncedEntity } from '../../sync/synced.entity';
import type { registration } from './registrations.fields';

@Entity('registration')
@Unique(['tenant_id', 'zoho_id'])
@Index(['tenant_id', 'updated_at'])
export class RegistrationEntity extends SyncedEntity implements CanonicalColumns<typeof registration> {
  @Column({ type: 'text', nullable: true })
  student_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  program_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  status: string | null;

  @Column({ type: 'text', nullable: true })
  number: string | null;

  @Column({ type: 'date', nullable: true })
  registration_date: string | null;

  @Column({ type: 'date', nullable: true })
  completion_date: string | null;

  @Column({ type: 'numeric', nullable: true })
  price: string | null;

  @Column({ type: 'numeric', nullable: true })
  remaining_amount: string | null;

  @Column({ type: 'text', nullable: true })
  currency: string | null;

  @Column({ type: 'text', nullable: true })
  study_mode: string | null;

  @Column({ type: 'text', nullable: true })
  study_language: string | null;

  @Column({ type: 'text', nullable: true })
  registration_version: string | null;

  @Column({ type: 'jsonb', nullable: true })
  installments: ListElement[] | null;
}
