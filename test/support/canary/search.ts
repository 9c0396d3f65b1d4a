import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type CollectedAnswer, type CollectedLine, type Leak, leaksOfAnswer, leaksOfLine } from './leaks';

const MOST_SHOWN = 50;
const CHUNK_BYTES = 1_024 * 1_024;

const TORN: CollectedAnswer = { method: 'unknown', path: '', status: 0, headers: {}, body: '' };

export interface Findings {
  readonly lines: number;
  readonly answers: number;
  /** what is wrong, a line each; none, when all is well */
  readonly faults: readonly string[];
}

/** Searches all that a run has collected in the folder, one line after the other. */
export async function search(folder: string): Promise<Findings> {
  const names = await readdir(folder);
  const secrets = await readSecrets(folder, names);
  const counts = { lines: 0, answers: 0 };
  const faults: string[] = [];
  for (const [kind, leaksOf] of Object.entries(SEARCHES)) {
    for (const name of names.filter((each) => each.endsWith(`.${kind}`))) {
      for await (const { place, text } of linesOf(join(folder, name))) {
        counts[kind as keyof typeof counts] += 1;
        faults.push(...leaksOf(text, secrets).map((leak) => `${place} ${leak}`));
      }
    }
  }
  faults.push(...(await findSilent(folder, names)));
  return { ...counts, faults: shorten(faults) };
}

const tell = ({ kind, excerpt }: Leak, where: string): string => `${kind} in ${where}: ${excerpt}`;

const SEARCHES = {
  lines(text: string, secrets: readonly string[]): string[] {
    const line = (parse(text) as CollectedLine | null) ?? { command: 'unknown', text };
    return leaksOfLine(line, secrets).map((leak) => tell(leak, `a line of ${line.command}`));
  },
  answers(text: string, secrets: readonly string[]): string[] {
    const answer = (parse(text) as CollectedAnswer | null) ?? { ...TORN, body: text };
    const { method, path, status } = answer;
    return leaksOfAnswer(answer, secrets).map((leak) => tell(leak, `${method} ${path} ${status}`));
  },
} as const;

/** Workers whose services have started, and of which no line came: nothing was searched there. */
async function findSilent(folder: string, names: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  for (const name of names.filter((each) => each.endsWith('.starts'))) {
    const worker = basename(name, '.starts');
    if (names.includes(`${worker}.lines`)) continue;
    const starts = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n').length;
    faults.push(`${name} tells of ${starts} services that have started, and not a line of theirs was collected`);
  }
  return faults;
}

async function readSecrets(folder: string, names: readonly string[]): Promise<string[]> {
  const secrets = new Set<string>();
  for (const name of names.filter((each) => each.endsWith('.secrets')))
    for await (const { text } of linesOf(join(folder, name))) {
      const secret = parse(text);
      if (typeof secret === 'string') secrets.add(secret);
    }
  return [...secrets];
}

/** Lines end where the collection ends them: what is in one may hold other characters that break lines. */
async function* linesOf(file: string): AsyncGenerator<{ place: string; text: string }> {
  let number = 0;
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: CHUNK_BYTES })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) yield { place: `${file}:${(number += 1)}`, text };
  }
  if (rest !== '') yield { place: `${file}:${number + 1}`, text: rest };
}

/** A worker that was killed may have left half a line: that is searched as it stands. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const shorten = (faults: readonly string[]): string[] =>
  faults.length <= MOST_SHOWN
    ? [...faults]
    : [...faults.slice(0, MOST_SHOWN), `and ${faults.length - MOST_SHOWN} more`];
