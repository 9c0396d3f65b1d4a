import { Injectable, type OnModuleInit } from '@nestjs/common';
import { inFlight } from '../../database/in-flight';
import type { TenantDb } from '../../database/tenant-db';
import { PUSH_QUEUE } from '../../database/queue-schema';
import { JobQueue } from '../../queue/job-queue';
import { type RowChange, RowChanges } from '../../sync/row-changes';
import { subjectOf } from '../wanted/subject';
import { MarkRepository } from './mark.repository';
import { MoodleSites } from '../site/moodle-sites';
import { PushSources } from '../wanted/push-source';

/**
 * Marks what a change concerns, before and after, and rings for a worker: in the transaction of the change, so that
 * neither is there without the other.
 */
@Injectable()
export class PushMarks implements OnModuleInit {
  constructor(
    private readonly changes: RowChanges,
    private readonly sources: PushSources,
    private readonly marks: MarkRepository,
    private readonly queue: JobQueue,
    private readonly sites: MoodleSites,
  ) {}

  onModuleInit(): void {
    this.changes.listen((db, tenantId, entity, changes) => this.mark(db, tenantId, entity, changes));
    this.changes.listenToErasure((db, tenantId, entity, ids) => this.forget(db, tenantId, entity, ids));
  }

  /** Of a person nothing may be left. What is no person is hidden in Moodle as if it were deleted, with all that is in it. */
  private async forget(db: TenantDb, tenantId: string, entity: string, ids: readonly string[]): Promise<number> {
    const subjects = ids.map((id) => subjectOf(entity, id));
    const source = this.sources.find(entity);
    if (source?.readUsers) return this.marks.erase(db, tenantId, subjects);
    if (source?.readPlaces) await this.add(db, tenantId, new Map([[null, subjects]]));
    return 0;
  }

  private async mark(db: TenantDb, tenantId: string, entity: string, changes: readonly RowChange[]): Promise<void> {
    const byRun = [...Map.groupBy(changes, ({ runId }) => runId)].map(
      ([runId, own]) => [runId, this.sources.subjectsOf(entity, own)] as const,
    );
    await this.add(db, tenantId, new Map(byRun.filter(([, subjects]) => subjects.length > 0)));
  }

  private async add(
    db: TenantDb,
    tenantId: string,
    marks: ReadonlyMap<string | null, readonly string[]>,
  ): Promise<void> {
    if (marks.size === 0) return;
    await inFlight([
      this.marks.add(db, tenantId, marks),
      // What is only kept is planned by the upkeep.
      this.sites.mayHave(tenantId) ? this.queue.send(PUSH_QUEUE, tenantId, { tenantId }, db) : null,
    ]);
  }
}
