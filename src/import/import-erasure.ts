import { Injectable } from '@nestjs/common';
import { RowChanges } from '../sync/row-changes';
import { ImportRepository } from './import.repository';

/** Of what is erased no running import keeps the id. */
@Injectable()
export class ImportErasure {
  constructor(changes: RowChanges, imports: ImportRepository) {
    changes.listenToErasure(async (db, tenantId, _entity, zohoIds) => {
      await imports.forget(db, tenantId, zohoIds);
      // What is counted there are things of the record's own; that a file has named it is none.
      return 0;
    });
  }
}
