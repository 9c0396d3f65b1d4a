import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallMade, Sites } from './moodle';

type Watcher = (call: CallMade) => void;

/** Sites of Moodle in a process of their own, so that they do not slow whoever measures. */
export class Moodles {
  /** in the order in which they were over */
  readonly calls: CallMade[] = [];
  private readonly watchers = new Set<Watcher>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** how a service is told of them */
    readonly variables: Readonly<Record<string, string>>,
  ) {
    child.on('message', (call: CallMade) => {
      this.calls.push(call);
      for (const watcher of this.watchers) watcher(call);
    });
  }

  static async start(...names: string[]): Promise<Moodles> {
    const folder = await mkdtemp(join(tmpdir(), 'zoho-moodle-sync-moodles-'));
    // Where the tests would look for what the stand-in notes of its secrets.
    const env = { PATH: process.env['PATH'], TEST_CANARY_FOLDER: folder };
    const child = fork(join(__dirname, 'moodle.js'), names, { env });
    const [sites] = (await once(child, 'message')) as [Sites];
    const file = join(folder, 'sites.json');
    await writeFile(file, JSON.stringify(sites));
    return new Moodles(child, folder, { MOODLE_SITES_FILE: file, OUTGOING_ALLOWED_ADDRESSES: '127.0.0.1' });
  }

  /** The calls of one site. */
  of(site: string): CallMade[] {
    return this.calls.filter((call) => call.site === site);
  }

  /** The first call from now on that is so. */
  next(isIt: (call: CallMade) => boolean): Promise<CallMade> {
    return new Promise((resolve) => {
      const watcher = (call: CallMade): void => {
        if (!isIt(call)) return;
        this.watchers.delete(watcher);
        resolve(call);
      };
      this.watchers.add(watcher);
    });
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
