import { randomUUID } from 'node:crypto';
import { type Finding, lineOf } from '../goal';
import { during, ratioOf } from '../measure';
import { bodyOf, upsert } from '../students';
import type { Bench } from '../bench';

const STUDENTS = Array.from({ length: 100 }, (_none, at) => ({ id: `s${at}`, phone: '1' }));

/** What routes that do nearly nothing cost, and what a repeat of an answered request costs against reading its rows. */
export async function routes(bench: Bench): Promise<Finding[]> {
  const { service, machine, rounds, milliseconds, say } = bench;
  await upsert(machine.owner, 'bench', STUDENTS);
  const key = randomUUID();
  const body = bodyOf(STUDENTS);
  const replay = (): Promise<void> => service.caller.sync('replay', body, 100, 'NEW', key);
  await replay();
  const ratios = { replay: [] as number[], commit: [] as number[], nothing: [] as number[] };
  const speeds = { replay: 0, commit: 0, nothing: 0 };
  for (let n = 0; n < rounds; n += 1) {
    const read = await during(milliseconds, 8, () => service.caller.get('/bench/read'));
    const again = await during(milliseconds, 8, replay);
    const commit = await during(milliseconds, 8, () => service.caller.get('/bench/commit'));
    const nothing = await during(milliseconds, 8, () => service.caller.get('/bench/nothing'));
    const bare = await during(milliseconds, 8, () =>
      machine.owner.query('INSERT INTO bench.line (text) VALUES ($1)', ['one row']),
    );
    ratios.replay.push(again.speed / read.speed);
    ratios.commit.push(commit.speed / bare.speed);
    ratios.nothing.push(nothing.speed / commit.speed);
    Object.assign(speeds, { replay: again.speed, commit: commit.speed, nothing: nothing.speed });
  }
  const findings: Finding[] = [
    {
      section: 'routes',
      what: 'replay of 100 records / route that reads the rows',
      ratio: ratioOf(ratios.replay),
      goal: { kind: 'least', value: 0.5 },
      remark: `${Math.round(speeds.replay)} requests/s`,
    },
    {
      section: 'routes',
      what: 'route that commits a row / bare insert',
      ratio: ratioOf(ratios.commit),
      goal: null,
      remark: `${Math.round(speeds.commit)} requests/s`,
    },
    {
      section: 'routes',
      what: 'route that does nothing / route that commits',
      ratio: ratioOf(ratios.nothing),
      goal: null,
      remark: `${Math.round(speeds.nothing)} requests/s`,
    },
  ];
  for (const finding of findings) say(lineOf(finding));
  return findings;
}
