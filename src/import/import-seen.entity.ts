import { Entity, PrimaryColumn } from 'typeorm';

/** An id that the file of a full import has, until the import ends. */
@Entity('import_seen')
export class ImportSeenEntity {
  @PrimaryColumn({ type: 'text' })
  tenant_id: string;

  @PrimaryColumn({ type: 'uuid' })
  import_id: string;

  @PrimaryColumn({ type: 'text' })
  zoho_id: string;
}
