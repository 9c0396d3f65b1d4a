import { Injectable, Logger } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import type { Work } from '../kinds/target-kind';
import type { MoodleSettings } from '../wanted/moodle-settings';
import type { Within } from '../target-pusher';
import type { ClaimedTarget, Kind, Settlement } from '../targets/target';
import { HoldRepository } from './hold.repository';

/** Leaving a group is no suspension: whoever changes classes leaves one. A cohort may enrol those who are in it. */
const BRAKED: readonly Kind[] = ['course', 'user', 'section', 'enrolment', 'cohort_membership'];

/** What goes on, and what is held back. */
export interface Braked {
  readonly through: readonly Work[];
  readonly held: ReadonlyMap<ClaimedTarget, Settlement>;
}

/**
 * Holds suspensions back when there are too many within an hour: a source that is down, or a filter gone wrong, looks
 * as if everybody had left.
 */
@Injectable()
export class Brake {
  private readonly log = new Logger(Brake.name);

  constructor(private readonly holds: HoldRepository) {}

  /** @param within where the hold is written, if one is needed */
  async apply(within: Within, tenantId: string, { brake }: MoodleSettings, works: readonly Work[]): Promise<Braked> {
    const ending = works.filter(
      ({ target, isActive }) => target.isActive && !isActive && !target.isApproved && BRAKED.includes(target.kind),
    );
    if (ending.length === 0) return { through: works, held: new Map() };
    const holdId = await within(async (db) => {
      const { active, recent, held } = await this.holds.count(db, tenantId, BRAKED);
      const total = recent + held + ending.length;
      if (total <= brake.targets || total <= (brake.percent / 100) * (active + recent)) return null;
      return this.holds.open(db, tenantId, uuidv7());
    });
    if (holdId === null) return { through: works, held: new Map() };
    this.log.warn(`${ending.length} suspensions of ${tenantId} are held back until somebody approves them (${holdId})`);
    const settlement = { outcome: 'held', reason: 'brake', message: MESSAGE, holdId } as const;
    const back = new Set(ending);
    return {
      through: works.filter((work) => !back.has(work)),
      held: new Map(ending.map(({ target }) => [target, settlement])),
    };
  }
}

const MESSAGE = 'Too many would be suspended or hidden within an hour. Approve or reject it under /v1/admin/holds';
