import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DestinationStream } from 'pino';
import { lineStream } from '../../../src/logging/line-stream';
import { Appender } from './appender';
import type { CollectedAnswer, CollectedLine } from './leaks';
import { runFolder } from './run-folder';
import { secretsOf } from './secrets';

/** From which level on a person who runs the tests wants to see what is logged; nobody, unless told. */
const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];
const SHOWN_FROM = LEVELS.indexOf(process.env['TEST_LOG'] ?? '');
const STANDARD_OUTPUT = 1;

/** Shorter ones cannot be told from words. */
const SHORTEST_SECRET = 8;
const KNOWN_BY_FORM = /^(?:mzi|whsec)_/;

/** What services of this worker log and answer, and what nobody may read there; searched when the run is over. */
class Collection implements DestinationStream {
  private readonly worker = process.env['JEST_WORKER_ID'] ?? '1';
  private readonly lines = this.open('lines');
  private readonly answers = this.open('answers');
  private readonly secrets = this.open('secrets');
  private readonly known = new Set<string>();
  private readonly shown = SHOWN_FROM < 0 ? null : lineStream(STANDARD_OUTPUT);

  /** Takes an entry of a service in this process. */
  write(entry: string): void {
    this.line({ command: 'serve', text: entry.trimEnd() });
    const level = LEVELS.indexOf(/"level":"(\w+)"/.exec(entry)?.[1] ?? '');
    if (level >= SHOWN_FROM) this.shown?.write(entry);
  }

  line(line: CollectedLine): void {
    this.lines.write(`${JSON.stringify(line)}\n`);
  }

  answer(answer: CollectedAnswer): void {
    this.answers.write(`${JSON.stringify(answer)}\n`);
  }

  /** Those that are known by their form need not be named. */
  secret(text: string): void {
    if (text.length < SHORTEST_SECRET || KNOWN_BY_FORM.test(text) || this.known.has(text)) return;
    this.known.add(text);
    this.secrets.write(`${JSON.stringify(text)}\n`);
  }

  /** Notes that a service starts, at once: if nothing of it is collected afterwards, this still tells. */
  start(command: string, variables: Record<string, string | undefined>): void {
    appendFileSync(join(runFolder(), `${this.worker}.starts`), `${command}\n`);
    const { TEST_SUPERUSER_URL } = process.env;
    for (const secret of secretsOf({ ...variables, TEST_SUPERUSER_URL })) this.secret(secret);
  }

  async flush(): Promise<void> {
    for (const file of [this.lines, this.answers, this.secrets]) await file.flush();
  }

  private open(what: string): Appender {
    return new Appender(join(runFolder(), `${this.worker}.${what}`));
  }
}

export const collection = new Collection();
