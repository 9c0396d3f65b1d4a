import { Injectable } from '@nestjs/common';
import { getCoursesByField } from '../../moodle/functions/courses';
import {
  getCourseContents,
  type MoodleSection,
  renameSection,
  updateCourseFormat,
} from '../../moodle/functions/sections';
import { MoodleError } from '../../moodle/moodle-error';
import type { MoodleCalls } from '../site/moodle-calls';
import { PushRows } from '../wanted/push-rows';
import type { Scope } from '../wanted/push-source';
import { settleError } from '../targets/settle-errors';
import { shorten } from '../wanted/plain-text';
import type { ClaimedTarget } from '../targets/target';
import { TargetRepository } from '../targets/target.repository';
import { NO_PROGRAM } from './group.kind';
import { fail, inDoubt, nothing } from './outcomes';
import { parentKey, ParentReader } from './parents';
import { SectionCalls } from './section-calls';
import type { Prepared, Pushed, Remember, TargetKind, Work } from './target-kind';

/** `name` null: the class is not there any longer, and its section only hidden. */
interface WantedSection {
  readonly courseid: number;
  readonly name: string | null;
  readonly visible: boolean;
}

interface SectionWork extends Work<WantedSection> {
  /** sections of the course that belong to other classes */
  readonly taken: ReadonlySet<number>;
}

type PreparedSection = Prepared<WantedSection, SectionWork>;

/** What has to be known after a crash. */
interface SectionMemo {
  /** the sections that were there before one was added: what is not among them is ours */
  readonly seen?: readonly number[];
  /** the section, before it is named or hidden: from then on it may look like any other, or be listed to nobody */
  readonly id?: number;
}

const LONGEST_NAME = 255;

/**
 * A class as a section of its program's course. A section has no key of its own, so one worker at a time adds any, and
 * keeps what was there before.
 */
@Injectable()
export class SectionKind implements TargetKind<WantedSection, SectionWork> {
  readonly kind = 'section';
  readonly functions = [getCourseContents, updateCourseFormat, renameSection, getCoursesByField];
  readonly isSerial = true;

  constructor(
    private readonly rows: PushRows,
    private readonly parents: ParentReader,
    private readonly targets: TargetRepository,
  ) {}

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<PreparedSection[]> {
    const places = await this.rows.readPlaces(
      scope,
      targets.map(({ subject }) => subject),
    );
    const courses = targets.map(({ place }) => place);
    const parents = await this.parents.read(
      scope,
      courses.map((place) => parentKey('course', place)),
    );
    const taken = await this.targets.findIds(scope.db, scope.tenantId, this.kind, courses);
    return targets.map((target): PreparedSection => {
      const place = places.get(target.subject);
      const isHere = place && place.standing !== 'pending' && (place.within ?? '') === target.place;
      if (!isHere && target.moodleId === null && target.memo === null) return { target, settlement: nothing() };
      if (target.place === '') return { target, settlement: fail('no_program', NO_PROGRAM) };
      const courseid = parents.idOf(parentKey('course', target.place));
      if (typeof courseid === 'object') return { target, settlement: courseid };
      const visible = isHere === true && place.standing === 'active';
      const name = isHere ? shorten(place.name, LONGEST_NAME) : null;
      return { target, wanted: { courseid, name, visible }, isActive: visible, taken };
    });
  }

  async push(
    calls: MoodleCalls,
    works: readonly SectionWork[],
    results: Map<ClaimedTarget, Pushed>,
    remember: Remember,
  ): Promise<void> {
    const made = new Set<number>();
    const sections = new SectionCalls(calls);
    for (const work of works) {
      const before = sections.writes;
      try {
        const id = await this.pushOne(sections, work, made, remember);
        results.set(work.target, typeof id === 'number' ? { moodleId: id } : id);
        if (typeof id === 'number') made.add(id);
      } catch (error) {
        results.set(work.target, { ...settleError(work.target, error), ...(sections.writes > before && DOUBT) });
        if (!(error instanceof MoodleError) || error.fault !== 'record') throw error;
      }
    }
  }

  /** A section that somebody has deleted in Moodle is made anew. */
  private async pushOne(
    sections: SectionCalls,
    work: SectionWork,
    made: ReadonlySet<number>,
    remember: Remember,
  ): Promise<number | Pushed> {
    const known = work.target.moodleId ?? memoOf(work.target)?.id ?? null;
    const { courseid, name, visible } = work.wanted;
    if (known !== null && (await sections.setVisible(courseid, known, visible))) {
      if (name !== null) await sections.rename(courseid, known, name);
      return known;
    }
    if (name === null && known !== null) return nothing();
    const id = await this.findOrAdd(sections, work, made, remember);
    if (typeof id !== 'number') return id;
    // Once it bears a name that changes before this is settled, nothing else would tell whose it is.
    await remember(work.target, { id } satisfies SectionMemo);
    if (name !== null) await sections.rename(courseid, id, name);
    if (await sections.setVisible(courseid, id, visible)) return id;
    throw new MoodleError('transient', 'section_not_found', 'A section has gone while it was made');
  }

  /** Adopts what a lost call has added, or what bears the name and is nobody's, before it adds anything. */
  private async findOrAdd(
    sections: SectionCalls,
    { target, wanted, taken }: SectionWork,
    made: ReadonlySet<number>,
    remember: Remember,
  ): Promise<number | Pushed> {
    const { courseid, name } = wanted;
    const there = (await sections.list(courseid)).filter(isNobodys(taken, made));
    const found = adoptable(there, name, memoOf(target));
    if (found !== undefined) return found;
    if (name === null) return nothing();
    if (target.mayStillHappen) return inDoubt();
    const seen = there.map(({ id }) => id);
    await remember(target, { seen: [...seen, ...taken, ...made] } satisfies SectionMemo);
    const listed = await sections.add(courseid);
    const known = new Set([...seen, ...taken, ...made]);
    const added = listed.filter((id) => !known.has(id));
    // Among them may be some that were hidden from us before; ids only grow.
    if (added.length > 0) return Math.max(...added);
    throw new MoodleError('transient', 'section_not_found', 'Moodle does not say which section it has added', {
      mayHaveHappened: true,
    });
  }
}

/** A part was done: the section is as it was neither before nor after. */
const DOUBT = { mayHaveHappened: true };

const isNobodys =
  (taken: ReadonlySet<number>, made: ReadonlySet<number>) =>
  ({ id }: MoodleSection): boolean =>
    !taken.has(id) && !made.has(id);

/** The general section at the top is section 0, and nobody's class. */
function adoptable(
  sections: readonly MoodleSection[],
  name: string | null,
  memo: SectionMemo | null,
): number | undefined {
  const seen = memo?.seen && new Set(memo.seen);
  const own = sections.filter(({ section }) => section !== 0);
  const named = own.find((section) => section.name === name);
  if (named || !seen) return named?.id;
  const added = own.filter(({ id }) => !seen.has(id));
  const [unnamed] = added.filter((section) => UNNAMED.test(section.name));
  // In another language a new section has another name; the only one that was added is taken for it.
  return (unnamed ?? (added.length === 1 ? added[0] : undefined))?.id;
}

const UNNAMED = /^(New section|(Topic|Section) \d+)$/;

const memoOf = ({ memo }: ClaimedTarget): SectionMemo | null => memo as SectionMemo | null;
