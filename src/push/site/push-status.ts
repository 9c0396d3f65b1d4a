import { Injectable } from '@nestjs/common';
import { type Act, type Actor, AuditLog } from '../../audit/audit-log';
import { Environment } from '../../config/environment';
import type { TenantDb } from '../../database/tenant-db';
import { TenantTransaction } from '../../database/tenant-transaction';
import { ProfileReader } from '../../sync/profile/profile-reader';
import { type LayoutName, settingsOf } from '../wanted/moodle-settings';
import { MoodleSites } from './moodle-sites';
import { TARGET_STATES, type TargetState } from '../targets/push-target.entity';
import { type Pause, TenantPushRepository } from './tenant-push.repository';

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
    private readonly audit: AuditLog,
  ) {}

  async read(tenantId: string): Promise<PushStatus> {
    const { layout } = settingsOf((await this.profiles.read(tenantId)).profile, this.environment);
    const [site, configured] = [await this.sites.find(tenantId), await this.sites.findConfigured(tenantId)];
    return this.transaction.run(tenantId, async (db) => {
      const pause = await this.tenants.findPause(db, tenantId);
      const counts: { state: TargetState; count: number }[] = await db.query(
        'SELECT state, count(*)::integer AS count FROM push_target WHERE tenant_id = $1 GROUP BY state',
        [tenantId],
      );
      const byState = new Map(counts.map(({ state, count }) => [state, count]));
      return {
        enabled: site !== null,
        layout,
        base_url: configured?.baseUrl ?? null,
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
  async pause(tenantId: string, by: Actor, note: string): Promise<PushStatus> {
    const { profile, version } = await this.profiles.read(tenantId);
    const { layout } = settingsOf(profile, this.environment);
    await this.transaction.run(tenantId, async (db) => {
      await this.tenants.ensure(db, tenantId, { layout, profileVersion: version });
      const before = await this.tenants.findPause(db, tenantId);
      await this.tenants.pause(db, tenantId, 'person', 'paused', note);
      await this.remember(db, tenantId, by, 'moodle.paused', before);
    });
    return this.read(tenantId);
  }

  async resume(tenantId: string, by: Actor): Promise<PushStatus> {
    await this.transaction.run(tenantId, async (db) => {
      const before = await this.tenants.findPause(db, tenantId);
      if (!before) return;
      await this.tenants.resume(db, tenantId);
      await this.remember(db, tenantId, by, 'moodle.resumed', before);
    });
    return this.read(tenantId);
  }

  private async remember(db: TenantDb, tenantId: string, by: Actor, act: Act, before: Pause | null): Promise<void> {
    const after = await this.tenants.findPause(db, tenantId);
    await this.audit.write(db, tenantId, by, { act, subject: 'moodle', before: said(before), after: said(after) });
  }
}

/** What of a pause is kept in the audit log. */
const said = (pause: Pause | null): object | null =>
  pause && { by: pause.by, reason: pause.reason, note: pause.message };
