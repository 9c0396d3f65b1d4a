import type { PageOf } from './cursor';
import type { ChangeView, HistoryRequest } from './history/history-reader';
import { RecordNotFound } from './record-not-found';
import type { ErasureReport, Removal, RemovalCall } from './removal/removal.service';
import type { Page, PageRequest } from './row-reader';
import type { StoredView } from './row-view';
import type { SyncAnswer } from './sync-answer';
import type { SyncCall } from './sync-call';
import type { SyncEngine } from './sync-engine';
import type { SyncedParts } from './synced-parts';

/** What can be done with the records of any entity. */
export abstract class SyncedService {
  protected constructor(
    private readonly engine: SyncEngine,
    private readonly parts: SyncedParts,
  ) {
    engine.entities.add(parts);
  }

  sync(call: SyncCall): Promise<SyncAnswer> {
    return this.engine.pipeline.run(this.parts, call);
  }

  list(tenantId: string, page: PageRequest): Promise<Page> {
    return this.engine.rows.findPage(this.parts, tenantId, page);
  }

  /** @throws RecordNotFound */
  async read(tenantId: string, zohoId: string, expand?: readonly string[]): Promise<StoredView> {
    const row = await this.engine.rows.findOne(this.parts, tenantId, zohoId, expand);
    if (!row) throw new RecordNotFound(`There is no ${this.parts.definition.name} with this id in this tenant`);
    return row;
  }

  history(tenantId: string, zohoId: string, page: HistoryRequest): Promise<PageOf<ChangeView>> {
    return this.engine.history.findPage(this.parts, tenantId, zohoId, page);
  }

  remove(call: RemovalCall): Promise<Removal | ErasureReport> {
    return call.erase ? this.engine.removals.erase(this.parts, call) : this.engine.removals.remove(this.parts, call);
  }
}
