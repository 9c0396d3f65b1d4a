import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import type { Subject } from '../wanted/subject';
import { type ClaimedTarget, DOUBT_SECONDS, type Kind, nameOf, type TargetKey, WANTED_AGAIN } from './target';

/** A worker that has not renewed its lease for so long is taken for dead. */
const LEASE_SECONDS = 10;

/** Asked for once in a statement, so that an index finds what is due, however much is not. */
const NOW = '(SELECT clock_timestamp())';

/** In an update of `push_target AS target`: it has changed, so that what failed before may go well now. */
const ANEW = `wanted = target.wanted + 1, attempts = 0, changed_at = clock_timestamp(),
         ${WANTED_AGAIN}`;

/** The run because of which a target is wanted; the first of what is in it that a run has changed. */
const runOf = (runs: string): string =>
  `coalesce(${runs}::jsonb ->> target.subject, ${runs}::jsonb ->> split_part(target.place, '/', 1),
           ${runs}::jsonb ->> split_part(target.place, '/', 2))::uuid`;

/** In an update of `push_target AS target`: the run whose change is not pushed yet. */
const UNPUSHED_RUN = 'CASE WHEN target.wanted > target.pushed THEN target.run_id END';

export interface TargetLine {
  readonly id: string;
  readonly kind: Kind;
  readonly subject: Subject;
  readonly place: string;
  readonly wanted: string;
  readonly run_id: string | null;
  readonly attempts: number;
  readonly moodle_id: string | null;
  readonly pushed_digest: string | null;
  readonly is_active: boolean;
  readonly is_doubtful: boolean;
  readonly may_still_happen: boolean;
  readonly is_approved: boolean;
  readonly memo: unknown;
}

/** The state of every target; each method is a constant number of statements, by the database's clock. */
@Injectable()
export class TargetRepository {
  /**
   * Targets are wanted anew: these, all of the subjects, all in them, and all enrolments of the persons.
   * One that is ignored stays so.
   *
   * @param runs by what is in a target, the run because of which it is wanted; what nobody has asked for leaves the run
   *   whose change is not pushed yet
   */
  async want(
    db: TenantDb,
    tenantId: string,
    keys: readonly TargetKey[],
    subjects: readonly string[],
    persons: readonly string[],
    runs: ReadonlyMap<string, string | null>,
  ): Promise<void> {
    const columns = [keys.map(({ kind }) => kind), keys.map(({ subject }) => subject), keys.map(({ place }) => place)];
    const byContent = JSON.stringify(Object.fromEntries(runs));
    await db.query(
      `INSERT INTO push_target AS target (tenant_id, id, kind, subject, place, wanted, pushed, state, attempts, is_active,
         is_doubtful, is_approved, changed_at, next_try_at, run_id)
       SELECT $1, gen_random_uuid(), kind, subject, place, 1, 0, 'wanted', 0, false, false, false, clock_timestamp(),
         clock_timestamp(), ${runOf('$5')}
       FROM (SELECT DISTINCT kind, subject, place
         FROM unnest($2::text[], $3::text[], $4::text[]) AS key (kind, subject, place)) AS target
       ORDER BY kind, subject, place
       ON CONFLICT (tenant_id, kind, subject, place) DO UPDATE SET ${ANEW},
         run_id = coalesce(EXCLUDED.run_id, ${UNPUSHED_RUN})`,
      [tenantId, ...columns, byContent],
    );
    await db.query(
      `UPDATE push_target AS target SET ${ANEW}, run_id = coalesce(${runOf('$7')}, ${UNPUSHED_RUN})
       WHERE target.tenant_id = $1 AND target.id = ANY(ARRAY(
         SELECT id FROM (
           SELECT id, kind, subject, place FROM push_target WHERE tenant_id = $1 AND subject = ANY($5::text[])
           UNION ALL SELECT id, kind, subject, place FROM push_target
             WHERE tenant_id = $1 AND kind IN ('enrolment', 'membership') AND subject = ANY($6::text[])
           UNION ALL SELECT id, kind, subject, place FROM push_target
             WHERE tenant_id = $1 AND kind = 'membership' AND place = ANY(ARRAY(
               SELECT subject || '/' || place FROM push_target
               WHERE tenant_id = $1 AND kind = 'group' AND subject = ANY($5::text[])))) AS due
         WHERE (kind, subject, place) NOT IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))))`,
      [tenantId, ...columns, subjects, persons, byContent],
    );
  }

  /**
   * Takes some that are due, so that no other worker does. One that was taken before and never settled is doubtful:
   * nobody knows how far that worker came.
   */
  async claim(
    db: TenantDb,
    tenantId: string,
    kind: Kind,
    lease: string,
    limit: number,
    isSerial: boolean,
  ): Promise<ClaimedTarget[]> {
    if (isSerial && !(await isFree(db, tenantId, kind))) return [];
    const lines: TargetLine[] = await db.query(
      `UPDATE push_target AS target SET lease = $3, leased_until = clock_timestamp() + $5 * interval '1 second',
         is_doubtful = is_doubtful OR lease IS NOT NULL,
         doubt_until = CASE WHEN lease IS NULL THEN doubt_until ELSE clock_timestamp() + $6 * interval '1 second' END
       WHERE target.tenant_id = $1 AND target.id = ANY(ARRAY(
         SELECT id FROM push_target
         WHERE tenant_id = $1 AND kind = $2 AND next_try_at <= ${NOW}
           AND (lease IS NULL OR leased_until < clock_timestamp())
         ORDER BY next_try_at, subject, place LIMIT $4 FOR UPDATE SKIP LOCKED))
       RETURNING target.*, coalesce(doubt_until > clock_timestamp(), false) AS may_still_happen`,
      [tenantId, kind, lease, limit, LEASE_SECONDS, DOUBT_SECONDS],
    );
    // In the order of Zoho's ids, which is that of creation: so sections come to stand in it.
    return lines.map(toClaimed).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /**
   * Takes those that are due because of what this transaction has done, whoever has them in hand: it is to be rolled
   * back. There is no doubt about them: what Moodle has is taken to be as it was pushed.
   */
  async claimTouched(
    db: TenantDb,
    tenantId: string,
    kind: Kind,
    lease: string,
    limit: number,
  ): Promise<ClaimedTarget[]> {
    const lines: TargetLine[] = await db.query(
      `UPDATE push_target SET lease = $3, next_try_at = NULL, is_doubtful = false, doubt_until = NULL
       WHERE tenant_id = $1 AND id = ANY(ARRAY(
         SELECT id FROM push_target
         WHERE tenant_id = $1 AND kind = $2 AND next_try_at <= ${NOW} AND xmin = pg_current_xact_id()::xid
         ORDER BY subject, place LIMIT $4))
       RETURNING *, false AS may_still_happen`,
      [tenantId, kind, lease, limit],
    );
    return lines.map(toClaimed).toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** Keeps what a worker must know that takes the target over. @throws when it is no longer this worker's */
  async remember(db: TenantDb, tenantId: string, target: ClaimedTarget, lease: string, memo: unknown): Promise<void> {
    const count = await db.change('UPDATE push_target SET memo = $4 WHERE tenant_id = $1 AND id = $2 AND lease = $3', [
      tenantId,
      target.id,
      lease,
      JSON.stringify(memo),
    ]);
    if (count === 0) throw new Error(`${nameOf(target)} has been taken over`);
  }

  /** The worker is alive: what it has taken stays its own. */
  async renew(db: TenantDb, tenantId: string, lease: string, claimed: readonly ClaimedTarget[]): Promise<void> {
    await db.query(
      `UPDATE push_target SET leased_until = clock_timestamp() + $3 * interval '1 second'
       WHERE tenant_id = $1 AND lease = $2 AND id = ANY($4::uuid[])`,
      [tenantId, lease, LEASE_SECONDS, claimed.map(({ id }) => id)],
    );
  }

  /**
   * Nothing is known to be in Moodle any longer: it is another. Everything is looked up there before it is made. What
   * workers have in hand is no longer theirs: what they tell of it is true of the old one.
   */
  async forgetMoodle(db: TenantDb, tenantId: string): Promise<void> {
    await db.query(
      `UPDATE push_target AS target SET moodle_id = NULL, pushed_digest = NULL, memo = NULL, is_active = false, is_doubtful = false,
         doubt_until = NULL, hold_id = NULL, is_approved = false, wanted = wanted + 1, attempts = 0,
         lease = NULL, leased_until = NULL, ${WANTED_AGAIN}
       WHERE tenant_id = $1`,
      [tenantId],
    );
  }

  /** How these stand that others depend on; absent for those that nobody wants. */
  async findParents(db: TenantDb, tenantId: string, keys: readonly TargetKey[]): Promise<Map<string, Parent>> {
    const lines: ParentLine[] = await db.query(
      `SELECT kind, subject, place, moodle_id, is_active, message FROM push_target WHERE tenant_id = $1
         AND (kind, subject, place) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))`,
      [tenantId, keys.map(({ kind }) => kind), keys.map(({ subject }) => subject), keys.map(({ place }) => place)],
    );
    return new Map(
      lines.map((line) => [
        nameOf(line),
        {
          moodleId: line.moodle_id === null ? null : Number(line.moodle_id),
          isActive: line.is_active,
          message: line.message,
        },
      ]),
    );
  }

  /** Moodle's ids of all targets of the kind in these places, also of those that are only remembered yet. */
  async findIds(db: TenantDb, tenantId: string, kind: Kind, places: readonly string[]): Promise<Set<number>> {
    const lines: { moodle_id: string }[] = await db.query(
      `SELECT coalesce(moodle_id, (memo->>'id')::bigint) AS moodle_id FROM push_target
       WHERE tenant_id = $1 AND kind = $2 AND place = ANY($3::text[]) AND (moodle_id IS NOT NULL OR memo ? 'id')`,
      [tenantId, kind, places],
    );
    return new Set(lines.map((line) => Number(line.moodle_id)));
  }

  /** Seconds until something is due, 0 while there are marks; null when nothing is. */
  async nextDueIn(db: TenantDb, tenantId: string): Promise<number | null> {
    const [line]: { seconds: number | null }[] = await db.query(
      `SELECT CASE WHEN EXISTS (SELECT FROM push_mark WHERE tenant_id = $1) THEN 0 ELSE
         (SELECT extract(epoch FROM min(greatest(next_try_at, leased_until)) - clock_timestamp())::float8
          FROM push_target WHERE tenant_id = $1 AND next_try_at IS NOT NULL) END AS seconds`,
      [tenantId],
    );
    return line?.seconds ?? null;
  }
}

/** A target that another depends on. */
export interface Parent {
  readonly moodleId: number | null;
  readonly isActive: boolean;
  /** why it is not as it should be */
  readonly message: string | null;
}

interface ParentLine extends TargetKey {
  readonly moodle_id: string | null;
  readonly is_active: boolean;
  readonly message: string | null;
}

/** Whether nobody has targets of the kind in hand. Who asks holds the answer until the end of the transaction. */
async function isFree(db: TenantDb, tenantId: string, kind: Kind): Promise<boolean> {
  await db.query("SELECT pg_advisory_xact_lock(hashtextextended('push ' || $1 || ' ' || $2, 0))", [kind, tenantId]);
  const [line]: { taken: boolean }[] = await db.query(
    `SELECT EXISTS (SELECT FROM push_target
       WHERE tenant_id = $1 AND kind = $2 AND leased_until >= clock_timestamp()) AS taken`,
    [tenantId, kind],
  );
  return line?.taken === false;
}

export const toClaimed = (line: TargetLine): ClaimedTarget => ({
  id: line.id,
  kind: line.kind,
  subject: line.subject,
  place: line.place,
  wanted: line.wanted,
  runId: line.run_id,
  attempts: line.attempts,
  moodleId: line.moodle_id === null ? null : Number(line.moodle_id),
  pushedDigest: line.pushed_digest,
  isActive: line.is_active,
  isDoubtful: line.is_doubtful,
  mayStillHappen: line.may_still_happen,
  isApproved: line.is_approved,
  memo: line.memo,
});
