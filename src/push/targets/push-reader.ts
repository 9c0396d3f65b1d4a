import { Injectable } from '@nestjs/common';
import { type Act, type Actor, AuditLog } from '../../audit/audit-log';
import { TenantTransaction } from '../../database/tenant-transaction';
import { isUuid, type PageOf, toPage, uuidOf } from '../../sync/cursor';
import { EntityRegistry } from '../../sync/entity-registry';
import { RecordNotFound } from '../../sync/record-not-found';
import type { TargetState } from './push-target.entity';
import { recordOf, recordsIn, type RecordView } from './record-view';
import type { Kind } from './target';

/** What has no id of Moodle's own, such as an enrolment, has been pushed all the same. */
const WAS_PUSHED = '(moodle_id IS NOT NULL OR pushed_digest IS NOT NULL)';

/** In an update of `push_target`: a worker that has it in hand may have read already what it was to be, and what Moodle has. */
const ONCE_MORE = 'wanted = wanted + (lease IS NOT NULL)::integer';

/** One thing in Moodle, as the routes answer it. */
export interface PushView extends RecordView {
  readonly push_id: string;
  readonly kind: Kind;
  /** what it is in: of an enrolment, the course's record; empty for what stands alone */
  readonly within: readonly RecordView[];
  readonly state: TargetState;
  readonly reason: string | null;
  readonly message: string | null;
  readonly moodle_id: number | null;
  readonly is_active: boolean;
  readonly attempts: number;
  readonly next_try_at: string | null;
  readonly changed_at: string;
  readonly pushed_at: string | null;
  readonly note: string | null;
}

export interface PushFilter {
  readonly entity?: string | undefined;
  readonly state?: TargetState | undefined;
  readonly reason?: string | undefined;
}

export interface PushesRequest extends PushFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface PushLine {
  readonly id: string;
  readonly kind: Kind;
  readonly subject: string;
  readonly place: string;
  readonly state: TargetState;
  readonly reason: string | null;
  readonly message: string | null;
  readonly moodle_id: string | null;
  readonly is_active: boolean;
  readonly attempts: number;
  readonly next_try_at: Date | null;
  readonly changed_at: Date;
  readonly pushed_at: Date | null;
  readonly note: string | null;
}

const NO_PUSH = 'There is no push with this id in this tenant';

const COLUMNS =
  'id, kind, subject, place, state, reason, message, moodle_id, is_active, attempts, next_try_at, changed_at, pushed_at, note';

const FILTER = `($2::text IS NULL OR split_part(subject, ':', 1) = $2) AND ($3::text IS NULL OR state = $3)
  AND ($4::text IS NULL OR reason = $4)`;

/** Reads how pushes stand, and does what an administrator asks about them. */
@Injectable()
export class PushReader {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly entities: EntityRegistry,
    private readonly audit: AuditLog,
  ) {}

  /** In the order of their ids. @throws MalformedCursor */
  async findPage(tenantId: string, { limit, cursor, ...filter }: PushesRequest): Promise<PageOf<PushView>> {
    const after = uuidOf(cursor);
    const lines = await this.transaction.run(tenantId, (db) =>
      db.query<PushLine[]>(
        `SELECT ${COLUMNS} FROM push_target
         WHERE tenant_id = $1 AND ${FILTER} AND ($5::uuid IS NULL OR id > $5) ORDER BY id LIMIT $6`,
        [tenantId, ...this.filter(filter), after, limit + 1],
      ),
    );
    return toPage(
      lines,
      limit,
      ({ id }) => id,
      (line) => this.toView(line),
    );
  }

  /**
   * Everything that is not pushed and matches is due at once; what has failed is looked up. What is pushed is so too, but only
   * when that is what is asked for: somebody has reason to think that Moodle has changed.
   *
   * @returns how many
   */
  async retryAll(tenantId: string, by: Actor, filter: PushFilter): Promise<number> {
    return this.transaction.run(tenantId, async (db) => {
      const count = await db.change(
        `UPDATE push_target SET state = 'wanted', next_try_at = clock_timestamp(), attempts = 0, note = NULL, ${ONCE_MORE},
           is_doubtful = is_doubtful OR (state IN ('failed', 'pushed') AND ${WAS_PUSHED}),
           changed_at = clock_timestamp()
         WHERE tenant_id = $1 AND ${FILTER}
           AND (state IN ('failed', 'retrying', 'waiting', 'wanted') OR (state = 'pushed' AND $3 = 'pushed'))`,
        [tenantId, ...this.filter(filter)],
      );
      await this.audit.write(db, tenantId, by, { act: 'push.retried', subject: 'pushes', after: { ...filter, count } });
      return count;
    });
  }

  /** It is due at once, and no longer ignored; what Moodle has is looked up. @throws RecordNotFound */
  retry(tenantId: string, by: Actor, pushId: string): Promise<PushView> {
    return this.change(
      tenantId,
      by,
      'push.retried',
      pushId,
      `state = 'wanted', next_try_at = clock_timestamp(), attempts = 0, note = NULL, ${ONCE_MORE},
         is_doubtful = is_doubtful OR ${WAS_PUSHED}`,
      [],
    );
  }

  /** It is left alone, whatever changes, until somebody asks to retry it. @throws RecordNotFound */
  ignore(tenantId: string, by: Actor, pushId: string, note: string): Promise<PushView> {
    return this.change(tenantId, by, 'push.ignored', pushId, `state = 'ignored', next_try_at = NULL, note = $3`, [
      note,
    ]);
  }

  private async change(
    tenantId: string,
    by: Actor,
    act: Act,
    pushId: string,
    assignments: string,
    parameters: readonly unknown[],
  ): Promise<PushView> {
    if (!isUuid(pushId)) throw new RecordNotFound(NO_PUSH);
    return this.transaction.run(tenantId, async (db) => {
      const [before] = await db.query<PushLine[]>(
        `SELECT ${COLUMNS} FROM push_target WHERE tenant_id = $1 AND id = $2 FOR UPDATE`,
        [tenantId, pushId],
      );
      const [after] = await db.query<PushLine[]>(
        `UPDATE push_target SET ${assignments}, changed_at = clock_timestamp()
         WHERE tenant_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
        [tenantId, pushId, ...parameters],
      );
      if (!before || !after) throw new RecordNotFound(NO_PUSH);
      await this.audit.write(db, tenantId, by, {
        act,
        subject: `push ${pushId}`,
        before: said(before),
        after: said(after),
      });
      return this.toView(after);
    });
  }

  private filter({ entity, state, reason }: PushFilter): (string | null)[] {
    const name = entity === undefined ? null : (this.entities.findByRoute(entity)?.definition.name ?? '');
    return [name, state ?? null, reason ?? null];
  }

  private toView({ id, subject, place, moodle_id: moodleId, ...line }: PushLine): PushView {
    return {
      push_id: id,
      kind: line.kind,
      ...recordOf(this.entities, subject),
      within: recordsIn(this.entities, place),
      state: line.state,
      reason: line.reason,
      message: line.message,
      moodle_id: moodleId === null ? null : Number(moodleId),
      is_active: line.is_active,
      attempts: line.attempts,
      next_try_at: line.next_try_at?.toISOString() ?? null,
      changed_at: line.changed_at.toISOString(),
      pushed_at: line.pushed_at?.toISOString() ?? null,
      note: line.note,
    };
  }
}

/** What of a push is kept in the audit log. */
const said = ({ state, reason, note }: PushLine): object => ({ state, reason, note });
