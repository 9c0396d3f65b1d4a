import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { collection } from './canary/collection';
import { LOOPBACK } from './loopback';

const MAIN = resolve('dist/src/main.js');

/** The built service as `npm start` runs it, in a folder of its own; or a worker, as `npm run worker` does. */
export class Run {
  output = '';
  private readonly child: ChildProcess;
  private readonly gone: Promise<number | null>;

  constructor(folder: string, variables: Record<string, string> = {}, args: readonly string[] = [], main = MAIN) {
    const { PATH = '' } = process.env;
    const [command = 'serve'] = args;
    const env = { PATH, PORT: '0', LOG_LEVEL: 'DEBUG', OUTGOING_ALLOWED_ADDRESSES: LOOPBACK, ...variables };
    collection.start(command, env);
    this.child = spawn(process.execPath, [main, ...args], { cwd: folder, env });
    for (const stream of [this.child.stdout, this.child.stderr] as Readable[]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
      createInterface(stream).on('line', (text) => collection.line({ command, text }));
    }
    this.gone = this.leave();
  }

  private async leave(): Promise<number | null> {
    const [code] = (await once(this.child, 'close')) as [number | null];
    await collection.flush();
    return code;
  }

  /** The address, once the service is ready. */
  async ready(): Promise<string> {
    return (await this.says(/Ready on (\S+)/)).replace('localhost', '127.0.0.1');
  }

  /** What stands in the brackets, once it has said so. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.output)?.[1];
      if (found !== undefined) return found;
      const ended = await Promise.race([
        this.gone,
        once(this.child.stdout as NodeJS.ReadableStream, 'data').then(() => 'more'),
      ]);
      if (ended !== 'more') throw new Error(`the service ended: ${this.output}`);
    }
  }

  /** What it reads as its standard input. */
  get input(): Writable {
    return this.child.stdin as Writable;
  }

  end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal) this.child.kill(signal);
    return this.gone;
  }
}
