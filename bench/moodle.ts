import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from '../test/support/moodle/calls';
import { Moodle } from '../test/support/moodle/moodle';

/** As long as one call of a real Moodle takes at least. */
const CALL_MS = 50;

/** A call that was made of one of the sites. */
export interface CallMade {
  readonly site: string;
  readonly name: string;
  /** when it came and when it was over, in milliseconds since 1970 */
  readonly at: number;
  readonly over: number;
  /** of the users that it makes or changes: their ID numbers */
  readonly users: readonly string[];
}

/** How to reach them, by their names. */
export type Sites = Readonly<Record<string, { readonly baseUrl: string; readonly token: string }>>;

/** The tests' stand-in, as strict as there, so many of them in a process; it tells of every call. */
async function main(names: readonly string[]): Promise<void> {
  const sites: [string, Sites[string]][] = [];
  for (const site of names) {
    const moodle = await Moodle.start();
    moodle.fail(
      async ({ work, answer }) => {
        await pause(CALL_MS);
        answer(await work());
      },
      { times: Infinity },
    );
    void follow(site, moodle);
    sites.push([site, { baseUrl: moodle.url, token: moodle.token }]);
  }
  process.send?.(Object.fromEntries(sites));
  // Whoever measures has gone.
  process.on('disconnect', () => process.exit());
}

async function follow(site: string, moodle: Moodle): Promise<void> {
  for (let from = 0; ; from += 1) {
    const call = await moodle.waitForCall(() => true, from);
    void call.over.then(() => process.send?.(toMade(site, call)));
  }
}

function toMade(site: string, { wsfunction: name, at, writes, params }: Call): CallMade {
  const users = writes ? (params['users'] as readonly { idnumber: string }[] | undefined) : undefined;
  return { site, name, at, over: Date.now(), users: (users ?? []).map(({ idnumber }) => idnumber) };
}

void main(process.argv.slice(2));
