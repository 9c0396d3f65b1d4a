import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Faults } from './faults';
import { type CollectedAnswer, type CollectedLine, type Leak, leaksOfAnswer, leaksOfLine } from './leaks';

const CHUNK_BYTES = 1_024 * 1_024;

const TORN: CollectedAnswer = { method: 'unknown', path: '', status: 0, headers: {}, body: '' };

export interface Findings {
  readonly lines: number;
  readonly answers: number;
  /** what is wrong, a line each; none, when all is well */
  readonly faults: readonly string[];
}

interface Line {
  /** file and line */
  readonly place: string;
  readonly text: string;
}

/** Searches all that a run has collected in the folder, one line after the other. */
export async function search(folder: string): Promise<Findings> {
  const names = await readdir(folder);
  const secrets = await readSecrets(folder, names);
  const faults = new Faults();
  const count = async (kind: keyof typeof SEARCHES): Promise<number> => {
    let sum = 0;
    for await (const { place, text } of linesOfAll(folder, names, kind)) {
      sum += 1;
      for (const [what, excerpt] of SEARCHES[kind](text, secrets)) faults.add(what, `${place} ${excerpt}`);
    }
    return sum;
  };
  const [lines, answers] = [await count('lines'), await count('answers')];
  return { lines, answers, faults: [...(await findSilent(folder, names)), ...faults.tell()] };
}

type Found = [what: string, excerpt: string];
const tell = (leaks: readonly Leak[], where: string): Found[] =>
  leaks.map(({ kind, excerpt }) => [`${kind} in ${where}`, excerpt]);

const SEARCHES = {
  lines(text: string, secrets: readonly string[]): Found[] {
    const line = (parse(text) as CollectedLine | null) ?? { command: 'unknown', text };
    return tell(leaksOfLine(line, secrets), `a line of ${line.command}`);
  },
  answers(text: string, secrets: readonly string[]): Found[] {
    const answer = (parse(text) as CollectedAnswer | null) ?? { ...TORN, body: text };
    const { method, path, status } = answer;
    return tell(leaksOfAnswer(answer, secrets), `${method} ${path} ${status}`);
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
  for await (const { text } of linesOfAll(folder, names, 'secrets')) {
    const secret = parse(text);
    // In a line of the log it stands as JSON spells it.
    if (typeof secret === 'string') secrets.add(secret).add(JSON.stringify(secret).slice(1, -1));
  }
  return [...secrets];
}

async function* linesOfAll(folder: string, names: readonly string[], kind: string): AsyncGenerator<Line> {
  for (const name of names.filter((each) => each.endsWith(`.${kind}`))) yield* linesOf(join(folder, name));
}

/** Lines end where the collection ends them: what is in one may hold other characters that break lines. */
async function* linesOf(file: string): AsyncGenerator<Line> {
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
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
