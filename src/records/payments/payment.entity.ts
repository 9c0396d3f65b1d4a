import { Column, Entity, Index, Unique } from 'typeorm';
import type { CanonicalColumns } from '../../sync/fields';
import { SyncedEntity } from '../../sync/synced.entity';
import type { payment } from './payments.fields';

@Entity('payment')
@Unique(['tenant_id', 'zoho_id'])
@Index(['tenant_id', 'updated_at'])
export class PaymentEntity extends SyncedEntity implements CanonicalColumns<typeof payment> {
  @Column({ type: 'text', nullable: true })
  registration_zoho_id: string | null;

  @Column({ type: 'text', nullable: true })
  student_zoho_id: string | null;

  @Column({ type: 'numeric', nullable: true })
  amount: string | null;

  @Column({ type: 'date', nullable: true })
  date: string | null;

  @Column({ type: 'text', nullable: true })
  method: string | null;

  @Column({ type: 'text', nullable: true })
  type: string | null;

  @Column({ type: 'text', nullable: true })
  status: string | null;

  @Column({ type: 'numeric', nullable: true })
  installment_no: string | null;

  @Column({ type: 'text', nullable: true })
  note: string | null;
}
