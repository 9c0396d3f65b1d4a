import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { TenantTransaction } from '../../src/database/tenant-transaction';
import { PushRound } from '../../src/push/push-round';
import type { SyncReport } from '../../src/sync/sync-report';
import { newTenant, TestService } from './app';
import { OMAR } from './canary/people';
import { Made } from './moodle/made';
import { Moodle } from './moodle/moodle';
import { keepIdsApart } from './moodle/seed';

/** A target as it is stored. */
export interface TargetLine {
  kind: string;
  subject: string;
  place: string;
  state: string;
  reason: string | null;
  message: string | null;
  moodle_id: string | null;
  is_active: boolean;
  is_doubtful: boolean;
  attempts: number;
}

/** The service with so many tenants, each with a Moodle of its own. Rounds are made when a test asks for them. */
export class PushService {
  private used = 0;

  private constructor(
    readonly service: TestService,
    private readonly colleges: readonly College[],
    readonly folder: string,
    /** what another process needs to push for the same colleges */
    readonly variables: Readonly<Record<string, string>>,
  ) {}

  static async start(count: number, variables: Record<string, string> = {}): Promise<PushService> {
    const folder = await mkdtemp(join(tmpdir(), 'zoho-moodle-sync-sites-'));
    const sites = await Promise.all(
      Array.from({ length: count }, async () => [newTenant(), await startMoodle()] as const),
    );
    const content = sites.map(([tenant, { url: baseUrl, token }]) => [tenant, { baseUrl, token }]);
    const file = join(folder, 'sites.json');
    await writeFile(file, JSON.stringify(Object.fromEntries(content)));
    const own = { MOODLE_ENABLED: 'true', MOODLE_SITES_FILE: file, MOODLE_TIMEOUT_SECONDS: '1', ...variables };
    const service = await TestService.start(own);
    const colleges = sites.map(([tenant, moodle]) => new College(service, tenant, moodle));
    return new PushService(service, colleges, folder, own);
  }

  /** One that no other test has used. */
  next(): College {
    const college = this.colleges[this.used];
    if (!college) throw new Error('There are more tests than colleges: start with more');
    this.used += 1;
    return college;
  }

  async close(): Promise<void> {
    await this.service.close();
    await Promise.all(this.colleges.map(({ moodle }) => moodle.stop()));
    await rm(this.folder, { recursive: true });
  }
}

async function startMoodle(): Promise<Moodle> {
  const moodle = await Moodle.start({ racy: true });
  keepIdsApart(moodle.site);
  return moodle;
}

/** A tenant and its Moodle. */
export class College {
  /** What is in its Moodle that a fresh one has not. */
  readonly made: Made;

  constructor(
    readonly service: TestService,
    readonly tenant: string,
    readonly moodle: Moodle,
  ) {
    this.made = new Made(moodle.site);
  }

  sync(entity: string, ...data: object[]): Promise<SyncReport> {
    return this.service.sync(entity, { data }, { tenant: this.tenant });
  }

  remove(entity: string, ...ids: string[]): Promise<SyncReport> {
    return this.service.sync(entity, { ids, operation: 'delete' }, { tenant: this.tenant });
  }

  profile(profile: object): Promise<unknown> {
    return this.service.send('PUT', `/v1/admin/tenants/${this.tenant}/profile`, { body: JSON.stringify(profile) });
  }

  /** One round, as a worker makes it. */
  async push(): Promise<number | null> {
    return this.service.app.get(PushRound).run(this.tenant, new AbortController().signal);
  }

  /** Rounds, as if time went by between them, until nothing is left to do. */
  async settle(): Promise<void> {
    for (let round = 0; round < 8; round += 1) {
      await this.letTimePass();
      await this.push();
    }
  }

  /** The functions that were called after the first so many calls. */
  called(from = 0): string[] {
    return this.moodle.calls.slice(from).map(({ wsfunction }) => wsfunction);
  }

  targets(kind?: string): Promise<TargetLine[]> {
    return this.query<TargetLine>(
      `SELECT kind, subject, place, state, reason, message, moodle_id, is_active, is_doubtful, attempts FROM push_target
       WHERE tenant_id = $1 AND ($2::text IS NULL OR kind = $2) ORDER BY kind, subject, place`,
      [this.tenant, kind ?? null],
    );
  }

  /** Targets that are not as they are to be. */
  async unpushed(): Promise<TargetLine[]> {
    return (await this.targets()).filter(({ state }) => state !== 'pushed');
  }

  /** What was to be tried later, or is doubtful for a while, is so no longer: time has passed. */
  async letTimePass(): Promise<void> {
    await this.query(
      `UPDATE push_target SET doubt_until = NULL,
         next_try_at = CASE WHEN next_try_at IS NOT NULL THEN least(next_try_at, clock_timestamp()) END,
         leased_until = CASE WHEN lease IS NOT NULL THEN least(leased_until, clock_timestamp()) END
       WHERE tenant_id = $1`,
      [this.tenant],
    );
  }

  query<T>(sql: string, parameters: readonly unknown[]): Promise<T[]> {
    const { app } = this.service;
    return app.get(DataSource).isInitialized
      ? app.get(TenantTransaction).run(this.tenant, (db) => db.query<T[]>(sql, [...parameters]))
      : Promise.resolve([]);
  }
}

export const student = (id: string, rest: object = {}) => ({
  id,
  Display_Name: OMAR.name,
  Academic_Email: `${id}@College.example`,
  ...rest,
});
export const program = (id = 'p1', rest: object = {}) => ({ id, Product_Name: 'HND in Computing', ...rest });
export const courseClass = (id: string, rest: object = {}) => ({
  id,
  Class_Name: `Class ${id}`,
  BTEC_Program: 'p1',
  ...rest,
});
export const enrollment = (id: string, studentId: string, classId: string, rest: object = {}) => ({
  id,
  Student: studentId,
  Class: classId,
  ...rest,
});
