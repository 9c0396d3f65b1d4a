import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Something has changed that concerns these subjects; whoever plans the pushes takes the line away. */
@Entity('push_mark')
export class PushMarkEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column({ type: 'text', array: true })
  subjects: string[];

  /** The run that has changed them; null where no run did. */
  @Column({ type: 'uuid', nullable: true })
  run_id: string | null;
}
