import type { TenantDb } from '../../database/tenant-db';
import { DEFERRED_STATES, type DeferredState } from './deferred-record.entity';

/** What waits of one tenant. */
export interface DeferredStanding {
  readonly counts: Readonly<Record<DeferredState, number>>;
  /** how long the oldest has waited that is still to be applied; null when there is none */
  readonly oldestSeconds: number | null;
}

interface StateLine {
  readonly state: DeferredState;
  readonly count: number;
  readonly seconds: number | null;
}

/** One statement along an index, which stops counting at `most` of a state. */
export async function readDeferredStanding(db: TenantDb, tenantId: string, most: number): Promise<DeferredStanding> {
  const lines = await db.keyed<StateLine[]>(
    `SELECT of.state, counted.count::integer AS count, counted.seconds FROM unnest($2::text[]) AS of (state), LATERAL (
       SELECT count(*) AS count, extract(epoch FROM clock_timestamp() - min(since))::float8 AS seconds FROM (
         SELECT since FROM deferred_record WHERE tenant_id = $1 AND state = of.state ORDER BY since LIMIT $3
       ) AS oldest) AS counted`,
    [tenantId, DEFERRED_STATES, most],
  );
  const open = lines.filter(({ state }) => state === 'waiting' || state === 'failed');
  const ages = open.map(({ seconds }) => seconds).filter((seconds) => seconds !== null);
  return {
    counts: Object.fromEntries(lines.map(({ state, count }) => [state, count])) as DeferredStanding['counts'],
    oldestSeconds: ages.length > 0 ? Math.max(...ages) : null,
  };
}
