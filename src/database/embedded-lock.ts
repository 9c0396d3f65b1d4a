import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { failedWith, startOf, UNKNOWN_START } from './embedded-process';

/** A process as it is written to a file. Systems give a pid to another program later, so its start is written too. */
export interface Claim {
  pid: number;
  startedAt: string;
  nonce: string;
}

/** Longer than a first start on a slow disk. */
const LOCK_PATIENCE_MS = 90_000;

/** Nonces tell two users of a folder apart when they are one process. */
export async function claimForThisProcess(): Promise<Claim> {
  return { pid: process.pid, startedAt: (await startOf(process.pid)) ?? UNKNOWN_START, nonce: randomUUID() };
}

export async function isAlive({ pid, startedAt }: Claim): Promise<boolean> {
  const now = await startOf(pid);
  return now !== undefined && (now === startedAt || now === UNKNOWN_START || startedAt === UNKNOWN_START);
}

/** One process at a time does the work; a lock whose holder has died is broken. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await acquire(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string): Promise<void> {
  const mine = await claimForThisProcess();
  const deadline = Date.now() + LOCK_PATIENCE_MS;
  for (;;) {
    const holder = await readClaim(path);
    if (!holder) {
      if (await publish(path, mine)) return;
    } else if (!(await isAlive(holder))) {
      await breakLock(path, holder);
    } else if (Date.now() > deadline) {
      throw new Error(`process ${holder.pid} has held ${path} for too long. End that process and try again.`);
    } else {
      await pause(20);
    }
  }
}

/** A link appears with its content, so nobody ever reads a lock without a holder. */
async function publish(path: string, claim: Claim): Promise<boolean> {
  const draft = `${path}.${claim.nonce}`;
  await writeFile(draft, textOf(claim), { flush: true });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (failedWith(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Breaking takes a lock of its own, named for the dead holder: else a slow breaker would remove its successor's lock. */
async function breakLock(path: string, dead: Claim): Promise<void> {
  await withLock(`${path}.after-${dead.nonce}`, async () => {
    const holder = await readClaim(path);
    if (holder?.nonce === dead.nonce) await rm(path, { force: true });
  });
}

export async function readClaim(path: string): Promise<Claim | undefined> {
  try {
    const [pid, startedAt, nonce] = (await readFile(path, 'utf8')).trim().split(' ');
    return { pid: Number(pid), startedAt: startedAt ?? UNKNOWN_START, nonce: nonce ?? 'unreadable' };
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export async function writeClaim(path: string, claim: Claim): Promise<void> {
  const draft = `${path}.${claim.nonce}`;
  await writeFile(draft, textOf(claim), { flush: true });
  await rename(draft, path);
}

const textOf = ({ pid, startedAt, nonce }: Claim): string => `${pid} ${startedAt} ${nonce}\n`;
