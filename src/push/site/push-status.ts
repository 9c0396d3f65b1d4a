import { Injectable } from '@nestjs/common';
import { Environment } from '../../config/environment';
import { TenantTransaction } from '../../database/tenant-transaction';
import { ProfileReader } from '../../sync/profile/profile-reader';
import { type LayoutName, settingsOf } from '../wanted/moodle-settings';
import { MoodleSites } from './moodle-sites';
import { TARGET_STATES, type TargetState } from '../targets/push-target.entity';
import { TenantPushRepository } from './tenant-push.repository';

/** How the push stands for a tenant. */
export interface PushStatus {
  /** whether Moodle is switched on, and the tenant has a site */
  readonly enabled: boolean;
  readonly layout: LayoutName;
  readonly base_url: string | null;
  readonly paused: {
    readonly by: 'site' | 'person';
    readonly reason: string;
    readonly message: string;
    readonly since: string;
  } | null;
  /** how many targets are in each state */
  readonly pushes: Readonly<Record<TargetState, number>>;
}

/** Tells how the push stands for a tenant, and stops it at somebody's request. */
@Injectable()
export class PushStatusService {
  constructor(
    private readonly environment: Environment,
    private readonly transaction: TenantTransaction,
    private readonly profiles: ProfileReader,
    private readonly sites: MoodleSites,
    private readonly tenants: TenantPushRepository,
  ) {}

  async read(tenantId: string): Promise<PushStatus> {
    const { layout } = settingsOf((await this.profiles.read(tenantId)).profile, this.environment);
    return this.transaction.run(tenantId, async (db) => {
      const pause = await this.tenants.findPause(db, tenantId);
      const counts: { state: TargetState; count: number }[] = await db.query(
        'SELECT state, count(*)::integer AS count FROM push_target WHERE tenant_id = $1 GROUP BY state',
        [tenantId],
      );
      const byState = new Map(counts.map(({ state, count }) => [state, count]));
      return {
        enabled: this.sites.find(tenantId) !== null,
        layout,
        base_url: this.sites.findConfigured(tenantId)?.baseUrl ?? null,
        paused: pause && {
          by: pause.by,
          reason: pause.reason,
          message: pause.message,
          since: pause.since.toISOString(),
        },
        pushes: Object.fromEntries(
          TARGET_STATES.map((state) => [state, byState.get(state) ?? 0]),
        ) as PushStatus['pushes'],
      };
    });
  }

  /** Nothing is pushed until somebody resumes; what changes is kept. */
  async pause(tenantId: string, note: string): Promise<PushStatus> {
    const { profile, version } = await this.profiles.read(tenantId);
    const { layout } = settingsOf(profile, this.environment);
    await this.transaction.run(tenantId, async (db) => {
      await this.tenants.ensure(db, tenantId, layout, version);
      await this.tenants.pause(db, tenantId, 'person', 'paused', note);
    });
    return this.read(tenantId);
  }

  async resume(tenantId: string): Promise<PushStatus> {
    await this.transaction.run(tenantId, (db) => this.tenants.resume(db, tenantId));
    return this.read(tenantId);
  }
}
