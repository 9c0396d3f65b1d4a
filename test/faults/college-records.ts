import { eventually } from '../support/eventually';
import type { College } from '../support/push';
import { Ledger } from './ledger';
import { type Address, Sender } from './sender';
import type { Scene } from './verdict';
import type { VersionedEntity } from './versions';

/** A small college, in the order in which it can be stored. */
export const RECORDS: readonly (readonly [VersionedEntity, readonly string[]])[] = [
  ['programs', ['p1']],
  ['students', ['s1', 's2', 's3']],
  ['classes', ['p1c1', 'p1c2']],
  ['enrollments', ['p1c1:s1', 'p1c2:s2', 'p1c1:s3']],
];

export const sceneOf = ({ service: { url }, tenant, moodle, made }: College): Scene => ({ url, tenant, moodle, made });

/** Who sends to the college's own service, unless told of another. */
export const senderOf = (
  college: College,
  address: Address = () => college.service.url,
  ledger = new Ledger(),
): Sender => new Sender(address, college.tenant, ledger);

/** The first version of everything, acknowledged. */
export async function fill(sender: Sender): Promise<void> {
  for (const [entity, ids] of RECORDS) await sender.change(entity, ...ids);
}

/** One more version of a record, which one the number says, from 0 to 1. */
export async function changeOne(sender: Sender, random: () => number): Promise<void> {
  const all = RECORDS.flatMap(([entity, ids]) => ids.map((id) => [entity, id] as const));
  const [entity, id] = all[Math.floor(random() * all.length)] ?? (['students', 's1'] as const);
  await sender.change(entity, id);
}

/** Rounds, as if time went by between them, until Moodle is as it is to be, or has refused it for good. */
export async function drain(college: College): Promise<void> {
  for (;;) {
    await letTimePass(college);
    await college.push();
    const states = new Set((await college.unpushed()).map(({ state }) => state));
    const isRefused = states.has('failed') && [...states].every((state) => state === 'failed' || state === 'waiting');
    if ((states.size === 0 || isRefused) && !(await hasMarks(college))) return;
  }
}

/** Until workers have brought Moodle to what it is to be, or it has refused that for good; in the time that it takes. */
export const untilDrained = (college: College): Promise<void> =>
  eventually(async () => {
    const [line] = await college.query(
      `SELECT EXISTS (SELECT FROM push_mark WHERE tenant_id = $1) AS is_marked, (SELECT count(*)::int FROM push_target
         WHERE tenant_id = $1 AND state NOT IN ('pushed', 'failed')) AS open`,
      [college.tenant],
    );
    expect(line).toEqual({ is_marked: false, open: 0 });
  });

/** As an administrator does who has mended what was told. */
export async function retryFailed({ service, tenant }: College): Promise<void> {
  const headers = { 'X-Tenant-ID': tenant };
  await service.send('POST', '/v1/admin/pushes/retry?state=failed', { headers });
}

/** What is to be tried later is due, and a site that was given up is looked at again. */
async function letTimePass(college: College): Promise<void> {
  await college.letTimePass();
  await college.query('UPDATE push_tenant SET next_check_at = clock_timestamp() WHERE tenant_id = $1', [
    college.tenant,
  ]);
}

const hasMarks = async (college: College): Promise<boolean> =>
  (await college.query<object>('SELECT FROM push_mark WHERE tenant_id = $1', [college.tenant])).length > 0;

/** Keys whose requests will never be answered are held for half a minute: as if that were over. */
export const letKeysGo = (college: College): Promise<unknown> =>
  college.query('UPDATE idempotency_key SET expires_at = clock_timestamp() WHERE tenant_id = $1 AND answer IS NULL', [
    college.tenant,
  ]);
