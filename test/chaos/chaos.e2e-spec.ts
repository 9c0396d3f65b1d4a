import { drain, sceneOf, untilDrained } from '../faults/college-records';
import { Ledger } from '../faults/ledger';
import { Sender } from '../faults/sender';
import { Stage } from '../faults/stage';
import { expectNothingLost } from '../faults/verdict';
import { ask } from '../support/databases';
import type { College } from '../support/push';
import { randomFrom } from '../support/random';
import { Crew } from './crew';
import { letMishapsHappen } from './moodle-mishaps';
import { type Blow, planOf, type Size, type Stretch } from './plan';

/** `npm run test:chaos` asks for all of it; `CHAOS_SEEDS=3 npm run test:chaos` for one seed once more. */
const SIZE: Size = {
  records: Number(process.env['CHAOS_RECORDS'] ?? 60),
  changes: Number(process.env['CHAOS_CHANGES'] ?? 300),
  kills: Number(process.env['CHAOS_KILLS'] ?? 3),
};
const SEEDS = (process.env['CHAOS_SEEDS'] ?? '1').split(',').map(Number);
const isWhole = SIZE.changes >= 10_000;
const SENDERS = 8;
const KEYS_END_EVERY_MS = 1_000;
const NEAR_END_SECONDS = 15;

jest.setTimeout(3_600_000);

let stage: Stage;
beforeAll(async () => {
  const limits = { REQUESTS_PER_MINUTE: '0', MOODLE_CALLS_PER_SECOND: '1000', MOODLE_TIMEOUT_SECONDS: '2' };
  stage = await Stage.start('chaos', SEEDS.length, { ...limits, LOG_LEVEL: 'INFO' });
});
afterAll(() => stage.close());

it.each(SEEDS)('whatever is killed, nothing is lost, doubled or stale (seed %i)', async (seed) => {
  const college = stage.next();
  const crew = new Crew(stage);
  const ledger = new Ledger();
  const senders = Array.from({ length: SENDERS }, () => new Sender(crew.address, college.tenant, ledger));
  const mishaps = letMishapsHappen(college.moodle, randomFrom(seed));
  const began = performance.now();
  const ending = setInterval(() => void letKeysEnd(college), KEYS_END_EVERY_MS);
  const deal = (blow: Blow): Promise<void> => crew.deal(blow);
  const plan = planOf(seed, SIZE);
  for (const stretch of plan.stretches) await perform(stretch, senders, deal);
  while (committed(ledger) < SIZE.changes) await perform(plan.more(SIZE.changes - committed(ledger)), senders, deal);
  clearInterval(ending);
  const seconds = secondsSince(began);
  const met = mishaps();
  college.moodle.failNoMore();
  const drained = await drainAfter(college, crew);
  const { outcomes, again } = ledger;
  if (isWhole) tell({ seed, seconds, drained, outcomes, again, blows: crew.blows, mishaps: met });
  expect(crew.surprises).toEqual([]);
  await expectNothingLost(sceneOf(college), ledger);
});

/** Whoever is free sends what is next; a blow falls when its request begins. */
async function perform(
  { batches, blows }: Stretch,
  senders: readonly Sender[],
  deal: (blow: Blow) => Promise<void>,
): Promise<void> {
  const dealt: Promise<void>[] = [];
  let begun = 0;
  await Promise.all(
    senders.map(async (sender) => {
      for (let batch = batches[begun]; batch; batch = batches[begun]) {
        begun += 1;
        for (const blow of blows.filter(({ after }) => after === begun)) dealt.push(deal(blow));
        await sender.change(batch.entity, ...batch.ids);
      }
    }),
  );
  await Promise.all(dealt);
}

/** Keys that a dead process holds end sooner than by themselves; a live one renews its own before they are so near to that. */
const letKeysEnd = ({ tenant }: College): Promise<unknown> =>
  ask(
    `UPDATE idempotency_key SET expires_at = clock_timestamp() WHERE tenant_id = $1 AND answer IS NULL
       AND expires_at < clock_timestamp() + $2 * interval '1 second'`,
    [tenant, NEAR_END_SECONDS],
    stage.database.superuserUrl,
  );

/** By workers, in the time that it takes; where tests are to be quick, as if time went by. @returns the seconds */
async function drainAfter(college: College, crew: Crew): Promise<number> {
  const began = performance.now();
  if (isWhole) await untilDrained(college);
  const seconds = secondsSince(began);
  await crew.dismiss();
  if (!isWhole) await drain(college);
  await college.moodle.idle();
  return seconds;
}

/** Versions that were not overtaken; `UNCHANGED` says that one was stored before its sender was told. */
const committed = ({ outcomes }: Ledger): number => sum(outcomes) - (outcomes['STALE'] ?? 0);

const secondsSince = (began: number): number => Math.round((performance.now() - began) / 1_000);

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

interface Figures {
  readonly seed: number;
  readonly seconds: number;
  readonly drained: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly again: Readonly<Record<string, number>>;
  readonly blows: Readonly<Record<string, number>>;
  readonly mishaps: number;
}

function tell({ seed, seconds, drained, outcomes, again, blows, mishaps }: Figures): void {
  const counted = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ');
  process.stdout.write(
    `seed ${seed}: ${SIZE.changes} committed changes of ${SIZE.records} records (${counted(outcomes)}) in ${seconds} s; ` +
      `${counted(blows)}; Moodle failed ${mishaps} calls; sent again ${sum(again)} times (${counted(again)}); ` +
      `drained ${drained} s after\n`,
  );
}
