import type { VersionedEntity } from '../faults/versions';
import { randomFrom, shuffled } from '../support/random';

/** Some records that are changed by one request. */
interface Batch {
  readonly entity: VersionedEntity;
  readonly ids: readonly string[];
}

/** What is done to the processes, or to their connections to the database. */
export type Blow =
  | { readonly to: 'service' | 'worker'; readonly signal: 'SIGKILL' | 'SIGTERM'; readonly which: number }
  | { readonly to: 'connections'; readonly which: number };

/** Requests that are sent beside one another, and the blows that fall while they are. */
export interface Stretch {
  readonly batches: readonly Batch[];
  /** each when so many of the requests have begun */
  readonly blows: readonly (Blow & { readonly after: number })[];
}

export interface Size {
  readonly records: number;
  readonly changes: number;
  readonly kills: number;
}

/** Most are webhooks of one record. */
const BATCH_SIZES = [1, 1, 1, 1, 2, 3, 5, 10, 30];
/** So often a process is told to end, and not killed; and connections are broken off besides. */
const TOLD = 0.2;
const BROKEN_OFF = 0.25;

/** Everything that is chosen, and by the seed alone: what is sent, in which order, and what is killed when. */
export interface Plan {
  readonly stretches: readonly Stretch[];
  /** for so many changes that have come to nothing, being overtaken by newer ones */
  readonly more: (changes: number) => Stretch;
}

export function planOf(seed: number, { records, changes, kills }: Size): Plan {
  const random = randomFrom(seed);
  const college = collegeOf(records, random);
  const first = college.map(([entity, ids]) => chunked(entity, shuffled(ids, random), random));
  const others = Math.max(2, kills - first.length);
  const each = Math.ceil((changes - records) / others);
  const rest = Array.from({ length: others }, (_none, n) =>
    mixed(college, Math.min(each, changes - records - n * each), random),
  );
  const all = [...first, ...rest];
  const fatal = new Set(shuffled([...all.keys()], random).slice(0, kills));
  return {
    stretches: all.map((batches, n) => ({ batches, blows: fatal.has(n) ? blowsIn(batches.length, random) : [] })),
    more: (count) => ({ batches: mixed(college, count, random), blows: [] }),
  };
}

/** Records by entity, in the order in which they can be stored; one student is in one class of a program at most. */
function collegeOf(records: number, random: () => number): (readonly [VersionedEntity, readonly string[]])[] {
  const programs = numbered('p', Math.max(2, Math.round(records * 0.02)));
  const classes = programs.flatMap((id) =>
    numbered(`${id}c`, Math.max(1, Math.round((records * 0.1) / programs.length))),
  );
  const students = numbered('s', Math.round(records * 0.38));
  const seats = students.flatMap((student) => programs.map((program) => [student, program] as const));
  const enrollments = shuffled(seats, random)
    .slice(0, records - programs.length - classes.length - students.length)
    .map(
      ([student, program]) =>
        `${pick(
          classes.filter((id) => id.startsWith(`${program}c`)),
          random,
        )}:${student}`,
    );
  return [
    ['programs', programs],
    ['students', students],
    ['classes', classes],
    ['enrollments', enrollments],
  ];
}

/** So many changes of what there is, of one entity in each request. */
function mixed(college: ReturnType<typeof collegeOf>, changes: number, random: () => number): Batch[] {
  const owners = college.flatMap((part) => part[1].map(() => part));
  const batches: Batch[] = [];
  for (let left = changes; left > 0;) {
    const [entity, all] = pick(owners, random);
    const ids = shuffled(all, random).slice(0, Math.min(left, pick(BATCH_SIZES, random)));
    batches.push({ entity, ids });
    left -= ids.length;
  }
  return batches;
}

function chunked(entity: VersionedEntity, ids: readonly string[], random: () => number): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at < ids.length; at += batches.at(-1)?.ids.length ?? 0)
    batches.push({ entity, ids: ids.slice(at, at + pick(BATCH_SIZES, random)) });
  return batches;
}

function blowsIn(requests: number, random: () => number): Stretch['blows'] {
  const after = (): number => 1 + Math.floor(random() * requests);
  const kill = {
    to: random() < 0.5 ? 'service' : 'worker',
    signal: random() < TOLD ? 'SIGTERM' : 'SIGKILL',
    which: random(),
    after: after(),
  } as const;
  return random() < BROKEN_OFF ? [kill, { to: 'connections', which: random(), after: after() }] : [kill];
}

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_none, n) => `${prefix}${n + 1}`);

/** @param which from 0 to 1, or who says that */
export function pick<T>(items: readonly T[], which: number | (() => number)): T {
  const at = Math.floor((typeof which === 'number' ? which : which()) * items.length);
  const found = items[at];
  if (found === undefined) throw new Error('There is nothing to pick from');
  return found;
}
