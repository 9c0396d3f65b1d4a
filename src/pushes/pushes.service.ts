import { Injectable } from '@nestjs/common';
import { type PushesRequest, type PushFilter, PushReader, type PushView } from '../push/targets/push-reader';
import type { Caller } from '../request/caller.decorator';
import { PushWorker } from '../push/push-worker';
import type { PageOf } from '../sync/cursor';

/** What an administrator may ask about pushes; what is to be tried again is tried at once. */
@Injectable()
export class PushesService {
  constructor(
    private readonly pushes: PushReader,
    private readonly worker: PushWorker,
  ) {}

  /** @throws MalformedCursor */
  findPage(tenantId: string, request: PushesRequest): Promise<PageOf<PushView>> {
    return this.pushes.findPage(tenantId, request);
  }

  async retryAll(by: Caller, filter: PushFilter): Promise<{ retried: number }> {
    const retried = await this.pushes.retryAll(by.tenantId, by, filter);
    await this.worker.remind(by.tenantId);
    return { retried };
  }

  /** @throws RecordNotFound */
  async retry(by: Caller, pushId: string): Promise<PushView> {
    const push = await this.pushes.retry(by.tenantId, by, pushId);
    await this.worker.remind(by.tenantId);
    return push;
  }

  /** @throws RecordNotFound */
  ignore(by: Caller, pushId: string, note: string): Promise<PushView> {
    return this.pushes.ignore(by.tenantId, by, pushId, note);
  }
}
