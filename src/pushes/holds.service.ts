import { Injectable } from '@nestjs/common';
import { HoldReader, type HoldsRequest, type HoldView } from '../push/brake/hold-reader';
import type { Caller } from '../request/caller.decorator';
import { PushWorker } from '../push/push-worker';
import type { PageOf } from '../sync/cursor';

/** What an administrator may decide about what is held back. */
@Injectable()
export class HoldsService {
  constructor(
    private readonly holds: HoldReader,
    private readonly worker: PushWorker,
  ) {}

  /** @throws MalformedCursor */
  findPage(tenantId: string, request: HoldsRequest): Promise<PageOf<HoldView>> {
    return this.holds.findPage(tenantId, request);
  }

  /** @throws RecordNotFound */
  async approve(by: Caller, holdId: string, note: string): Promise<HoldView> {
    const hold = await this.holds.decide(by.tenantId, by, holdId, 'approved', note);
    await this.worker.remind(by.tenantId);
    return hold;
  }

  /** @throws RecordNotFound */
  reject(by: Caller, holdId: string, note: string): Promise<HoldView> {
    return this.holds.decide(by.tenantId, by, holdId, 'rejected', note);
  }
}
