import { Injectable } from '@nestjs/common';
import { EntityRegistry } from './entity-registry';
import { HistoryReader } from './history/history-reader';
import { RemovalService } from './removal/removal.service';
import { RowReader } from './row-reader';
import { SyncPipeline } from './sync-pipeline';

/** What an entity's service works with. */
@Injectable()
export class SyncEngine {
  constructor(
    readonly entities: EntityRegistry,
    readonly pipeline: SyncPipeline,
    readonly rows: RowReader,
    readonly history: HistoryReader,
    readonly removals: RemovalService,
  ) {}
}
