import { Injectable } from '@nestjs/common';
import type { Caller } from '../request/caller.decorator';
import { DeferredReader, type DeferredView } from '../sync/deferral/deferred-reader';
import { ReleaseService } from '../sync/deferral/release.service';
import { newRun } from '../sync/run';

/** What came of trying to apply a record that waits. */
export interface Retried {
  readonly run_id: string;
  /** how many records were applied: this one, and those that waited for it */
  readonly released: number;
  /** what waits under the id still; null when nothing does */
  readonly deferred: DeferredView | null;
}

/** Tries at once what would be tried by itself later. */
@Injectable()
export class RetryService {
  constructor(
    private readonly deferred: DeferredReader,
    private readonly releases: ReleaseService,
  ) {}

  /** @throws RecordNotFound when nothing waits under this id */
  async retry({ tenantId, requestId }: Caller, route: string, zohoId: string): Promise<Retried> {
    const waits = await this.deferred.find(tenantId, route, zohoId);
    const run = newRun(tenantId, 'retry', { requestId });
    const { released } = await this.releases.wake(run, waits);
    return { run_id: run.id, released, deferred: await this.deferred.findOne(tenantId, waits) };
  }
}
