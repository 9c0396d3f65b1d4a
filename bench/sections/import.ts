import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench';
import { type Finding, lineOf } from '../goal';
import { memoryOf } from '../machine';
import { ratioOf, timed } from '../measure';
import { upsert } from '../students';

const MOST_MIB = 512;

/** A file of new students by the command, against the bare upsert of as many rows, 1,000 at a time. */
export async function importing(bench: Bench): Promise<Finding[]> {
  const { machine, isQuick, say } = bench;
  const rows = isQuick ? 100_000 : 1_000_000;
  const folder = await mkdtemp(join(tmpdir(), 'zoho-moodle-sync-import-'));
  try {
    const file = join(folder, 'students.csv');
    await write(file, rows);
    const bare = await timed(rows / 1_000, 8, (n) =>
      upsert(
        machine.owner,
        'import',
        Array.from({ length: 1_000 }, (_none, at) => ({ id: `i${n * 1_000 + at}`, phone: '1' })),
      ),
    );
    const { milliseconds, mebibytes } = await run(machine.url, file);
    const findings: Finding[] = [
      {
        section: 'import',
        what: `import of ${rows.toLocaleString('en')} rows / bare upsert`,
        ratio: ratioOf([bare / milliseconds]),
        goal: { kind: 'least', value: 0.25 },
        remark: `${Math.round((rows / milliseconds) * 1_000)} of ${Math.round((rows / bare) * 1_000)} rows/s`,
      },
      {
        section: 'import',
        what: 'its memory / 512 MiB',
        ratio: ratioOf([mebibytes / MOST_MIB]),
        goal: { kind: 'most', value: 1 },
        remark: `${Math.round(mebibytes)} MiB`,
      },
    ];
    for (const finding of findings) say(lineOf(finding));
    return findings;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(file: string, rows: number): Promise<void> {
  const stream = createWriteStream(file);
  stream.write('id,Display_Name,Academic_Email,Phone_Number,Status,City\n');
  for (let n = 0; n < rows; n += 1) {
    const line = `i${n},Student i${n},i${n}@import.example,1,Active,Amman\n`;
    if (!stream.write(line)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
}

/** @returns how long it took, the start included, and the most memory that it held */
async function run(url: string, file: string): Promise<{ milliseconds: number; mebibytes: number }> {
  const began = performance.now();
  const main = join(__dirname, '../../src/main.js');
  const child = spawn(process.execPath, ['--max-old-space-size=224', main, 'import', 'students', file], {
    env: { PATH: process.env['PATH'], DATABASE_URL: url, DEFAULT_TENANT_ID: 'import' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let mebibytes = 0;
  const watch = async (): Promise<void> => {
    while (child.exitCode === null) {
      mebibytes = await memoryOf(child.pid ?? 0, 'VmHWM').catch(() => mebibytes);
      await pause(100);
    }
  };
  const [[code]] = await Promise.all([ended, watch()]);
  if (code !== 0) throw new Error(`The import ended with ${code}`);
  return { milliseconds: performance.now() - began, mebibytes };
}
