import { Injectable } from '@nestjs/common';
import { HoldReader, type HoldsRequest, type HoldView } from '../push/brake/hold-reader';
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
  async approve(tenantId: string, holdId: string, note: string): Promise<HoldView> {
    const hold = await this.holds.decide(tenantId, holdId, 'approved', note);
    await this.worker.remind(tenantId);
    return hold;
  }

  /** @throws RecordNotFound */
  reject(tenantId: string, holdId: string, note: string): Promise<HoldView> {
    return this.holds.decide(tenantId, holdId, 'rejected', note);
  }
}
