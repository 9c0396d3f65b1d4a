import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import { textOf } from '../../sync/fields';
import { type RowExtra, RowExtras } from '../../sync/row-extras';
import type { StoredRow } from '../../sync/synced.repository';
import type { TargetState } from './push-target.entity';
import { PushSources, type Seating } from '../wanted/push-source';
import { type Subject, subjectOf } from '../wanted/subject';
import type { Kind } from './target';

/** How one thing in Moodle stands. */
export interface ShownTarget {
  readonly moodle_id: number | null;
  readonly state: TargetState;
  readonly reason: string | null;
  readonly message: string | null;
  readonly pushed_at: string | null;
}

interface TargetLine {
  readonly zoho_id: string;
  readonly kind: Kind;
  readonly moodle_id: string | null;
  readonly state: TargetState;
  readonly reason: string | null;
  readonly message: string | null;
  readonly pushed_at: Date | null;
}

/** Shows with each row how it stands in Moodle, under `moodle`: by kind, such as `user`. */
@Injectable()
export class RowTargets implements RowExtra, OnModuleInit {
  readonly key = 'moodle';

  constructor(
    private readonly extras: RowExtras,
    private readonly sources: PushSources,
  ) {}

  onModuleInit(): void {
    this.extras.add(this);
  }

  async read(
    db: TenantDb,
    tenantId: string,
    entity: string,
    rows: readonly StoredRow[],
  ): Promise<Map<string, Record<string, ShownTarget>>> {
    const source = this.sources.find(entity);
    if (!source) return new Map();
    const lines = source.seat
      ? await readSeats(db, tenantId, rows, source.seat)
      : await readOwn(db, tenantId, entity, rows);
    const shown = new Map<string, Record<string, ShownTarget>>();
    for (const line of lines) {
      shown.set(line.zoho_id, { ...shown.get(line.zoho_id), [line.kind]: toShown(line) });
    }
    return shown;
  }
}

/** Targets of what the rows are themselves: where there are several of a kind, the one that is in use, or the newest. */
const readOwn = (db: TenantDb, tenantId: string, entity: string, rows: readonly StoredRow[]): Promise<TargetLine[]> =>
  db.query(
    `SELECT row.zoho_id, kind, moodle_id, state, reason, message, pushed_at
     FROM unnest($2::text[], $3::text[]) AS row (zoho_id, subject)
     JOIN push_target AS target ON target.tenant_id = $1 AND target.subject = row.subject
     WHERE kind NOT IN ('enrolment', 'membership', 'cohort_membership', 'grade') ORDER BY is_active, changed_at`,
    [tenantId, rows.map(({ zohoId }) => zohoId), rows.map(({ zohoId }) => subjectOf(entity, zohoId))],
  );

/**
 * Targets of persons in places, for rows that put one into the other. Of the activities for a unit, the one of the row's
 * own class comes last, and is shown.
 */
const readSeats = (
  db: TenantDb,
  tenantId: string,
  rows: readonly StoredRow[],
  seat: Seating,
): Promise<TargetLine[]> => {
  const subjects = (field: string): (Subject | null)[] =>
    rows.map(({ values }) => {
      const zohoId = textOf(values[field]);
      return zohoId === null ? null : subjectOf(field, zohoId);
    });
  return db.query(
    `SELECT row.zoho_id, kind, moodle_id, state, reason, message, pushed_at
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS row (zoho_id, person, seat, class)
     JOIN push_target AS target ON target.tenant_id = $1 AND target.subject = row.person AND kind = ANY($6::text[]) AND (
       place = seat OR (kind = 'membership' AND split_part(place, '/', 1) = seat)
       OR (kind = 'grade' AND place = seat || '/' || class)
       OR (kind = 'enrolment' AND EXISTS (SELECT FROM push_target AS membership
         WHERE membership.tenant_id = $1 AND membership.kind = 'membership' AND membership.subject = row.person
           AND membership.place = seat || '/' || target.place)))
     ORDER BY kind = 'grade' AND place <> seat, is_active, changed_at`,
    [
      tenantId,
      rows.map(({ zohoId }) => zohoId),
      subjects(seat.person),
      subjects(seat.place),
      subjects('class'),
      seat.kinds,
    ],
  );
};

const toShown = ({ moodle_id: id, state, reason, message, pushed_at: at }: TargetLine): ShownTarget => ({
  moodle_id: id === null ? null : Number(id),
  state,
  reason,
  message,
  pushed_at: at?.toISOString() ?? null,
});
