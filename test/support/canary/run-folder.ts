import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const RUNS = resolve('.cache/canary');
const VARIABLE = 'TEST_CANARY_FOLDER';

/** A folder for what this run collects, named for its process; those of runs that are over go. */
export async function makeRunFolder(): Promise<void> {
  await mkdir(RUNS, { recursive: true });
  for (const name of await readdir(RUNS))
    if (name === String(process.pid) || !isAlive(Number(name)))
      await rm(join(RUNS, name), { recursive: true, force: true });
  const folder = join(RUNS, String(process.pid));
  await mkdir(folder);
  process.env[VARIABLE] = folder;
}

export function runFolder(): string {
  const folder = process.env[VARIABLE];
  if (folder === undefined) throw new Error('What services say is not collected: the run has made no folder for it');
  return folder;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
