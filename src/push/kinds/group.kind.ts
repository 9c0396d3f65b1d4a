import { Injectable } from '@nestjs/common';
import { createGroups, getCourseGroups, type MoodleGroup, updateGroups } from '../../moodle/functions/groups';
import type { MoodleCalls } from '../site/moodle-calls';
import { PushRows } from '../wanted/push-rows';
import type { Scope } from '../wanted/push-source';
import { idIn } from '../wanted/subject';
import { shorten } from '../wanted/plain-text';
import type { ClaimedTarget } from '../targets/target';
import { fail, inDoubt, nothing, pushedOr } from './outcomes';
import { parentKey, ParentReader } from './parents';
import type { Prepared, Pushed, TargetKind, Work } from './target-kind';

interface WantedGroup {
  readonly courseid: number;
  readonly name: string;
  readonly idnumber: string;
}

type GroupWork = Work<WantedGroup>;

const LONGEST_NAME = 254;

/** A class as a group in its program's course. A group that its class has left stays, without members. */
@Injectable()
export class GroupKind implements TargetKind<WantedGroup> {
  readonly kind = 'group';
  readonly functions = [getCourseGroups, createGroups, updateGroups];

  constructor(
    private readonly rows: PushRows,
    private readonly parents: ParentReader,
  ) {}

  async prepare(scope: Scope, targets: readonly ClaimedTarget[]): Promise<Prepared<WantedGroup>[]> {
    const places = await this.rows.readPlaces(
      scope,
      targets.map(({ subject }) => subject),
    );
    const parents = await this.parents.read(
      scope,
      targets.map(({ place }) => parentKey('course', place)),
    );
    return targets.map((target): Prepared<WantedGroup> => {
      const place = places.get(target.subject);
      const { moodleId, pushedDigest: digest } = target;
      if (!place || place.standing === 'pending' || (place.within ?? '') !== target.place) {
        const isThere = moodleId !== null;
        return { target, settlement: isThere ? { outcome: 'pushed', moodleId, digest, isActive: false } : nothing() };
      }
      if (target.place === '') return { target, settlement: fail('no_program', NO_PROGRAM) };
      const courseid = parents.idOf(parentKey('course', target.place));
      if (typeof courseid === 'object') return { target, settlement: courseid };
      const wanted = { courseid, name: shorten(place.name, LONGEST_NAME), idnumber: idIn(target.subject) };
      return { target, wanted, isActive: place.standing === 'active' };
    });
  }

  async push(calls: MoodleCalls, works: readonly GroupWork[], results: Map<ClaimedTarget, Pushed>): Promise<void> {
    for (const [courseid, some] of Map.groupBy(works, ({ wanted }) => wanted.courseid)) {
      await this.pushInto(calls, await calls.call(getCourseGroups, { courseid }), some, results);
    }
  }

  private async pushInto(
    calls: MoodleCalls,
    groups: readonly MoodleGroup[],
    works: readonly GroupWork[],
    results: Map<ClaimedTarget, Pushed>,
  ): Promise<void> {
    const creates: Named[] = [];
    const updates: (Named & { id: number })[] = [];
    const names = new Map(groups.map(({ name, idnumber }) => [name, idnumber]));
    const free = new Set(groups);
    for (const work of works) {
      const found = match(work, [...free]);
      if (found) free.delete(found);
      const name = freeName(work.wanted, names, found);
      names.set(name, work.wanted.idnumber);
      if (found) updates.push({ work, name, id: found.id });
      else if (work.target.mayStillHappen) results.set(work.target, inDoubt());
      else creates.push({ work, name });
    }
    const created = await calls.inPortions(
      createGroups,
      creates,
      (some) => ({
        groups: some.map(({ work: { wanted }, name }) => ({ ...wanted, name, description: '' })),
      }),
      (answer) => answer.map(({ id }) => id),
    );
    for (const [{ work }, id] of created) results.set(work.target, pushedOr(work.target, id));
    const updated = await calls.inPortions(
      updateGroups,
      updates,
      (some) => ({ groups: some.map(({ id, name, work }) => ({ id, name, idnumber: work.wanted.idnumber })) }),
      (_answer, some) => some.map(({ id }) => id),
    );
    for (const [{ work }, id] of updated) results.set(work.target, pushedOr(work.target, id));
  }
}

interface Named {
  readonly work: GroupWork;
  readonly name: string;
}

export const NO_PROGRAM = 'Cannot push: no program. Give the class a program in Zoho';

/** By the stored id, else the idnumber, else a group of this name that is nobody's. */
function match({ target, wanted }: GroupWork, groups: readonly MoodleGroup[]): MoodleGroup | undefined {
  return (
    groups.find(({ id }) => id === target.moodleId) ??
    groups.find(({ idnumber }) => idnumber === wanted.idnumber) ??
    groups.find(({ name, idnumber }) => name === wanted.name && idnumber === '')
  );
}

/** Moodle takes no two groups of one name in a course. */
function freeName(
  { name, idnumber }: WantedGroup,
  names: ReadonlyMap<string, string>,
  found: MoodleGroup | undefined,
): string {
  const holder = names.get(name);
  if (holder === undefined || holder === idnumber || found?.name === name) return name;
  return `${shorten(name, LONGEST_NAME - idnumber.length - 3)} (${idnumber})`;
}
