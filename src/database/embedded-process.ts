import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Some systems do not tell when a process has started. */
export const UNKNOWN_START = '?';

const run = promisify(execFile);

/** The system's code, SQL's or a program's exit code. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

export const failedWith = (error: unknown, ...codes: string[]): boolean => codes.includes(codeOf(error) ?? '');

export function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

export const isRunning = async (pid: number): Promise<boolean> => (await startOf(pid)) !== undefined;

/** When the process started, in the system's own notation; undefined when it has ended, even if nobody has reaped it. */
export async function startOf(pid: number): Promise<string | undefined> {
  if (!canBeSignalled(pid)) return undefined;
  if (process.platform === 'win32') return UNKNOWN_START;
  const { state, start } = process.platform === 'linux' ? await factsFromProc(pid) : await factsFromPs(pid);
  return state === undefined || /^[ZX]/.test(state) ? undefined : start;
}

function canBeSignalled(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (failedWith(error, 'EPERM')) return true;
    if (failedWith(error, 'ESRCH')) return false;
    throw error;
  }
}

interface Facts {
  state?: string | undefined;
  start?: string | undefined;
}

/** The program's name comes second, in parentheses, and may itself hold spaces and parentheses. */
async function factsFromProc(pid: number): Promise<Facts> {
  const stat = await readProc(pid, 'stat');
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields?.[0], start: fields?.[19] };
}

async function readProc(pid: number, file: string): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (failedWith(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

async function factsFromPs(pid: number): Promise<Facts> {
  const [state, ...start] = (await ps(pid, 'stat=,lstart='))?.trim().split(/\s+/) ?? [];
  return { state, start: start.join('_') };
}

/** `ps` ends with 1 when there is no such process. */
async function ps(pid: number, columns: string): Promise<string | undefined> {
  try {
    return (await run('ps', ['-ww', '-o', columns, '-p', String(pid)])).stdout;
  } catch (error) {
    if (failedWith(error, '1')) return undefined;
    throw error;
  }
}

/** The program with its arguments, on Windows the program alone; undefined when there is no such process. */
export async function commandLineOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'win32')
    return (await run('tasklist', ['/nh', '/fo', 'csv', '/fi', `pid eq ${pid}`])).stdout;
  if (process.platform !== 'linux') return (await ps(pid, 'args='))?.trim();
  return (await readProc(pid, 'cmdline'))?.replaceAll('\0', ' ');
}
