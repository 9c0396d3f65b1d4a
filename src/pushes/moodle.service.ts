import { Injectable } from '@nestjs/common';
import { type PushStatus, PushStatusService } from '../push/site/push-status';
import type { Caller } from '../request/caller.decorator';
import { PushWorker } from '../push/push-worker';
import { SiteCheck, type SiteReport } from '../push/site/site-check';

/** What an administrator may ask about a tenant's Moodle. */
@Injectable()
export class MoodleService {
  constructor(
    private readonly status: PushStatusService,
    private readonly site: SiteCheck,
    private readonly worker: PushWorker,
  ) {}

  read(tenantId: string): Promise<PushStatus> {
    return this.status.read(tenantId);
  }

  check(tenantId: string): Promise<SiteReport> {
    return this.site.check(tenantId);
  }

  pause(by: Caller, note: string): Promise<PushStatus> {
    return this.status.pause(by.tenantId, by, note);
  }

  async resume(by: Caller): Promise<PushStatus> {
    const status = await this.status.resume(by.tenantId, by);
    await this.worker.remind(by.tenantId);
    return status;
  }
}
