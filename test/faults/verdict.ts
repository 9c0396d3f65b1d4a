import { collectingFetch } from '../support/canary/collecting-fetch';
import type { Made } from '../support/moodle/made';
import type { Moodle } from '../support/moodle/moodle';
import type { Acknowledged, Ledger } from './ledger';
import { VERSIONED, type VersionedEntity, versionIn } from './versions';

/** Where the truth is looked for when a fault is over and all is drained. */
export interface Scene {
  /** a service on the same database */
  readonly url: string;
  readonly tenant: string;
  readonly moodle: Moodle;
  readonly made: Made;
}

/**
 * `lost`: whatever remembered the answers is gone, and what comes again may be done again, as long as it changes nothing.
 * Times of crashes, by `performance.now()`: so is what was remembered last before each, as nobody waits for the disk.
 */
export type Replays = 'equal' | 'lost' | readonly number[];

/** PostgreSQL's writer of its log is behind by three rounds of 0.2 s at most. */
const NOT_ON_DISK_MS = 1_000;

interface Change {
  readonly changes: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;
}

/** So many answers are asked for again at most: each is a request. */
const MOST_REPLAYED = 200;

/**
 * The one verdict on every fault: each acknowledged version is what our row and Moodle hold, or a newer one that was sent;
 * one Moodle object for each record; no older version over a newer one; replays byte for byte.
 *
 * @returns what is wrong, a line each
 */
export async function faultsOf(scene: Scene, ledger: Ledger, replays: Replays = 'equal'): Promise<string[]> {
  const rows = await Promise.all(ledger.standings.map((standing) => faultsOfRecord(scene, standing)));
  const doubles = scene.moodle.duplicates().map((double) => `doubled in Moodle: ${JSON.stringify(double)}`);
  return [...ledger.surprises, ...rows.flat(), ...doubles, ...(await faultsOfReplays(scene, ledger, replays))];
}

export async function expectNothingLost(scene: Scene, ledger: Ledger, replays: Replays = 'equal'): Promise<void> {
  expect(ledger.acknowledged.length).toBeGreaterThan(0);
  expect(await faultsOf(scene, ledger, replays)).toEqual([]);
}

async function faultsOfRecord(
  scene: Scene,
  { entity, id, sent, acknowledged }: Ledger['standings'][number],
): Promise<string[]> {
  const { field, inMoodle } = VERSIONED[entity];
  const row = await read<Record<string, unknown>>(scene, `/v1/${entity}/${id}`);
  const stored = versionIn(row?.[field]);
  if (stored === null) return acknowledged > 0 ? [`lost: ${entity} ${id} V${acknowledged} is not stored`] : [];
  const name = `${entity} ${id} is stored as V${stored}`;
  return [
    ...(stored < acknowledged ? [`stale: ${name}, V${acknowledged} was acknowledged`] : []),
    ...(stored > sent ? [`invented: ${name}, V${sent} was sent`] : []),
    ...Object.entries(inMoodle(scene.made, id)).flatMap(([thing, versions]) =>
      versions.length === 1 && versions[0] === stored
        ? []
        : [`${name}; of its ${thing} Moodle has V[${versions.join()}]`],
    ),
    ...(await faultsOfHistory(scene, entity, id)),
  ];
}

/** Whatever the order in which changes were noted: none led from a newer version to an older one. */
async function faultsOfHistory(scene: Scene, entity: VersionedEntity, id: string): Promise<string[]> {
  const page = await read<{ data: readonly Change[] }>(scene, `/v1/${entity}/${id}/history?limit=500`);
  const { field } = VERSIONED[entity];
  return (page?.data ?? []).flatMap(({ changes }) => {
    const [before, after] = [versionIn(changes[field]?.before), versionIn(changes[field]?.after)];
    return before !== null && after !== null && before >= after
      ? [`${entity} ${id} went from V${before} to V${after}`]
      : [];
  });
}

async function faultsOfReplays(scene: Scene, { acknowledged }: Ledger, replays: Replays): Promise<string[]> {
  const step = Math.max(1, Math.ceil(acknowledged.length / MOST_REPLAYED));
  const some = acknowledged.filter((_one, n) => n % step === 0);
  const found: string[] = [];
  for (const request of some) {
    const answer = await send(scene, request);
    const text = await answer.text();
    const isEqual = text === request.answer && answer.headers.get('idempotent-replayed') === 'true';
    if (!isEqual && !(mayBeForgotten(request, replays) && changesNothing(text)))
      found.push(`${request.key} is replayed as ${text}`);
  }
  return found;
}

function mayBeForgotten({ at }: Acknowledged, replays: Replays): boolean {
  if (typeof replays === 'string') return replays === 'lost';
  return replays.some((crash) => at > crash - NOT_ON_DISK_MS && at < crash + NOT_ON_DISK_MS);
}

/** Done again, it finds its versions stored, or newer ones; or it is replayed all the same. */
function changesNothing(answer: string): boolean {
  const { summary } = JSON.parse(answer) as { summary?: Record<string, number> };
  const { total = -1, UNCHANGED: unchanged = 0, STALE: stale = 0 } = summary ?? {};
  return total === unchanged + stale;
}

const send = ({ url, tenant }: Scene, { entity, key, body }: Acknowledged): Promise<Response> =>
  collectingFetch(`${url}/v1/sync/${entity}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Tenant-ID': tenant, 'Idempotency-Key': key },
    body,
  });

async function read<T>({ url, tenant }: Scene, path: string): Promise<T | null> {
  const response = await collectingFetch(url + path, { headers: { 'X-Tenant-ID': tenant } });
  const body = (await response.json()) as T;
  return response.status === 200 ? body : null;
}
