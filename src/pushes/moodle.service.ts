import { Injectable } from '@nestjs/common';
import { type PushStatus, PushStatusService } from '../push/site/push-status';
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

  pause(tenantId: string, note: string): Promise<PushStatus> {
    return this.status.pause(tenantId, note);
  }

  async resume(tenantId: string): Promise<PushStatus> {
    const status = await this.status.resume(tenantId);
    await this.worker.remind(tenantId);
    return status;
  }
}
