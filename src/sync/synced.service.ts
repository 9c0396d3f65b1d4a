import type { PageRequest, Page, RowReader, RowView } from './row-reader';
import type { SyncCall } from './sync-call';
import type { SyncPipeline } from './sync-pipeline';
import type { SyncAnswer } from './sync-answer';
import type { SyncedParts } from './synced-parts';

/** No such row in the tenant. */
export class RecordNotFound extends Error {}

/** What can be done with the records of any entity. */
export abstract class SyncedService {
  protected constructor(
    private readonly pipeline: SyncPipeline,
    private readonly reader: RowReader,
    private readonly parts: SyncedParts,
  ) {}

  sync(call: SyncCall): Promise<SyncAnswer> {
    return this.pipeline.run(this.parts, call);
  }

  list(tenantId: string, page: PageRequest): Promise<Page> {
    return this.reader.findPage(this.parts, tenantId, page);
  }

  /** @throws RecordNotFound */
  async read(tenantId: string, zohoId: string): Promise<RowView> {
    const row = await this.reader.findOne(this.parts, tenantId, zohoId);
    if (!row) throw new RecordNotFound(`There is no ${this.parts.definition.name} with this id in this tenant`);
    return row;
  }
}
