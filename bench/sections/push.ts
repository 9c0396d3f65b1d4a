import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench';
import { type Finding, lineOf } from '../goal';
import type { RunningService } from '../machine';
import { median, ratioOf } from '../measure';
import type { CallMade } from '../moodle';
import { Moodles } from '../moodles';
import { bodyOf, type Student } from '../students';

const BUSY = 'busy';
const OTHER = 'other';

/** What the goals say: records a second, and how long another tenant's change may take, in milliseconds. */
const RECORDS_PER_SECOND = 500;
const DELAY_MS = 5_000;

/** The service's own standard. */
const CALLS_PER_SECOND = 20;

const SECOND = 1_000;
/** The speed is looked at stretch by stretch, to know how far it may be off. */
const STRETCH_MS = 2_000;
const SIZE = 1_000;

/** A backlog that is worked off. */
interface Backlog {
  readonly what: 'new' | 'changed';
  readonly count: number;
}

/** What became of one. */
interface Drained {
  /** records a second, from the moment at which the service was there to the last call */
  readonly speed: number;
  /** the same, of each stretch in which calls were made */
  readonly stretches: readonly number[];
  /** how long another tenant's changes took to arrive, in milliseconds */
  readonly delays: readonly number[];
}

/** How fast a backlog of changes gets to a Moodle that takes 50 ms a call, and what it means to another tenant. */
export async function push(bench: Bench): Promise<Finding[]> {
  const { machine, isQuick, say } = bench;
  const { url, owner } = await machine.addDatabase('push');
  const moodles = await Moodles.start(BUSY, OTHER);
  const start = (workers: number): Promise<RunningService> =>
    machine.startService(url, {
      ...moodles.variables,
      MOODLE_CALLS_PER_SECOND: `${CALLS_PER_SECOND}`,
      PUSH_WORKERS: `${workers}`,
    });
  try {
    const findings: Finding[] = [];
    for (const backlog of isQuick ? QUICK : LONG) {
      await fill(await start(0), backlog);
      const service = await start(4);
      findings.push(...toFindings(backlog, await drain(service, moodles, backlog)));
      if (backlog === LONG.at(-1)) findings.push(await ofLargeTenant(service, moodles));
      await service.stop();
    }
    findings.push(capOf(moodles.of(BUSY)));
    for (const finding of findings) say(lineOf(finding));
    return findings;
  } finally {
    await moodles.stop();
    await owner.end();
  }
}

const QUICK: readonly Backlog[] = [{ what: 'new', count: 10_000 }];
const LONG: readonly Backlog[] = [
  { what: 'new', count: 100_000 },
  { what: 'changed', count: 50_000 },
];

/** With nobody there who would push them. */
async function fill(service: RunningService, { what, count }: Backlog): Promise<void> {
  for (let from = 0; from < count; from += SIZE) {
    const some = Array.from({ length: SIZE }, (_none, n): Student => ({ id: `p${from + n}`, phone: '1', name: what }));
    await service.caller.sync(BUSY, bodyOf(some), SIZE, what === 'new' ? 'NEW' : 'UPDATED');
  }
  await service.stop();
}

/** Changes of both tenants come meanwhile, so that a second worker takes its turn with the busy one. */
async function drain(service: RunningService, moodles: Moodles, { count }: Backlog): Promise<Drained> {
  const began = Date.now();
  const seen = moodles.of(BUSY).length;
  let left = count;
  const over = moodles.next(({ site, users }) => {
    if (site === BUSY) left -= users.filter((id) => id.startsWith('p')).length;
    return left <= 0;
  });
  const under = { way: true };
  const own = changeNowAndThen(service, moodles, BUSY, () => under.way);
  const others = changeNowAndThen(service, moodles, OTHER, () => under.way);
  const { over: ended } = await over;
  under.way = false;
  const [, delays] = await Promise.all([own, others]);
  const calls = moodles.of(BUSY).slice(seen);
  return { speed: (count / (ended - began)) * SECOND, stretches: stretchesOf(calls), delays };
}

let changes = 0;

/** @returns how long each change took, from its request to the end of the call, in milliseconds */
async function changeNowAndThen(
  { caller }: RunningService,
  moodles: Moodles,
  tenant: string,
  isMore: (delays: readonly number[]) => boolean,
): Promise<number[]> {
  const delays: number[] = [];
  while (isMore(delays)) {
    changes += 1;
    const id = `change${changes}`;
    const arrived = moodles.next(({ site, users }) => site === tenant && users.includes(id));
    const began = Date.now();
    await caller.sync(tenant, bodyOf([{ id, phone: '1' }]), 1, 'NEW');
    delays.push((await arrived).over - began);
    await pause(SECOND * Math.random());
  }
  return delays;
}

function stretchesOf(calls: readonly CallMade[]): number[] {
  const [first, last] = [calls[0]?.at ?? 0, calls.at(-1)?.at ?? 0];
  const records = Array.from({ length: Math.max(1, Math.floor((last - first) / STRETCH_MS)) }, () => 0);
  for (const { at, users } of calls) {
    const stretch = Math.floor((at - first) / STRETCH_MS);
    if (stretch < records.length) records[stretch] = (records[stretch] ?? 0) + users.length;
  }
  return records.map((count) => (count / STRETCH_MS) * SECOND);
}

function toFindings({ what, count }: Backlog, { speed, stretches, delays }: Drained): Finding[] {
  const slowest = Math.max(...delays);
  return [
    {
      section: 'push',
      what: `push of ${count.toLocaleString('en')} ${what} students / 500 a second`,
      ratio: { value: speed / RECORDS_PER_SECOND, noise: ratioOf(stretches).noise },
      goal: { kind: 'least', value: 1 },
      remark: `${Math.round(speed)} records/s; ${Math.round(median(stretches))} as soon as calls are made`,
    },
    {
      section: 'push',
      what: `another tenant's change meanwhile, slowest / 5 s`,
      ratio: ratioOf([slowest / DELAY_MS]),
      goal: { kind: 'most', value: 1 },
      remark: `${Math.round(slowest)} ms of ${delays.length}; median ${Math.round(median(delays))} ms`,
    },
  ];
}

const enough = (delays: readonly number[]): boolean => delays.length < 20;

/** Whether a change takes longer where there is much that is as it should be. */
async function ofLargeTenant(service: RunningService, moodles: Moodles): Promise<Finding> {
  const large = await changeNowAndThen(service, moodles, BUSY, enough);
  const small = await changeNowAndThen(service, moodles, OTHER, enough);
  return {
    section: 'push',
    what: 'change of a tenant of 100,000 / of a small one',
    ratio: { value: median(large) / median(small), noise: Math.max(ratioOf(large).noise, ratioOf(small).noise) },
    goal: null,
    remark: `${Math.round(median(large))} of ${Math.round(median(small))} ms`,
  };
}

/** Every second that begins with a call is a sample. A call more or less is a matter of how long each is on its way. */
function capOf(calls: readonly CallMade[]): Finding {
  const times = calls.map(({ at }) => at).toSorted((a, b) => a - b);
  let most = 0;
  for (let first = 0, last = 0; first < times.length; first += 1) {
    while (last < times.length && (times[last] ?? 0) < (times[first] ?? 0) + SECOND) last += 1;
    most = Math.max(most, last - first);
  }
  return {
    section: 'push',
    what: `calls in the fullest second / cap of ${CALLS_PER_SECOND}`,
    ratio: { value: most / CALLS_PER_SECOND, noise: 1 / most / 3 },
    goal: { kind: 'most', value: 1 },
    remark: `${most} calls; ${times.length} seconds looked at`,
  };
}
