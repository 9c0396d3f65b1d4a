import { execFile, spawn } from 'node:child_process';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type Cluster, processOptions, programPath, readPassword, SUPERUSER } from './embedded-cluster';
import { giveTo } from './embedded-home';
import { codeOf, commandLineOf, failedWith, isRunning, messageOf, startOf } from './embedded-process';

interface Postmaster {
  pid: number;
  port: number;
}

const PATIENCE_MS = 30_000;
const LOG_LINES_TOLD = 12;

/** The port was taken after it was found free; a killed node's pg_ctl was faster; a killed server's children are still ending. */
const PASSING = /could not bind|lock file "postmaster\.pid" already exists|shared memory block .* is still in use/;

const run = promisify(execFile);

export const urlOf = (role: string, password: string, port: number, database: string): string =>
  `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;

/** The cluster's server, which is started if it is not running. */
export async function serve(
  cluster: Cluster,
  settings: Record<string, string>,
): Promise<{ port: number; started: boolean }> {
  const running = await findServer(cluster);
  if (running !== undefined) return { port: running, started: false };
  try {
    return { port: await startServer(cluster, settings), started: true };
  } catch (error) {
    await halt(cluster);
    throw error;
  }
}

async function startServer(cluster: Cluster, settings: Record<string, string>): Promise<number> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const complaint = await launch(cluster, await findFreePort(), settings);
    const port = await findServer(cluster);
    if (port !== undefined) return port;
    if (Date.now() > deadline || (complaint !== undefined && !PASSING.test(complaint))) {
      throw new Error(complaint ?? `PostgreSQL ends as soon as it has started; see ${logOf(cluster)}.`);
    }
  }
}

/** Stops the cluster's server if it is running, and waits until its process is gone. */
export async function halt(cluster: Cluster): Promise<void> {
  const postmaster = await readPostmaster(cluster);
  if (!postmaster || !(await isOurs(cluster, postmaster))) return;
  const startedAt = await startOf(postmaster.pid);
  const order = ['stop', '-m', 'fast', '-w', '-t', '60', '-s', '-D', cluster.data];
  try {
    await run(programPath(cluster, 'pg_ctl'), order, processOptions(cluster));
  } catch (error) {
    if (await isRunning(postmaster.pid)) throw error;
  }
  // The pid file, which pg_ctl waits for, goes a moment before the process.
  for (;;) {
    const now = await startOf(postmaster.pid);
    if (now === undefined || now !== startedAt) return;
    await pause(10);
  }
}

/** The port of the server that is running; one that is starting or stopping is waited for. */
async function findServer(cluster: Cluster): Promise<number | undefined> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const postmaster = await readPostmaster(cluster);
    if (!postmaster || !(await isRunning(postmaster.pid))) return undefined;
    const refusal = await knock(cluster, postmaster.port);
    if (refusal === undefined) return postmaster.port;
    if (!(await isPostmasterOf(cluster, postmaster.pid))) await forget(cluster, postmaster);
    else if (Date.now() > deadline || isFinal(refusal)) {
      throw new Error(`its server, process ${postmaster.pid}, does not let us in: ${messageOf(refusal)}`);
    } else await pause(50);
  }
}

/** SQLSTATEs begin with a digit or an X; classes 53 and 57 are of a server that is full, starting or stopping. */
const isFinal = (refusal: unknown): boolean => /^(?!53|57)[\dX]/.test(codeOf(refusal) ?? '');

/** PostgreSQL takes any living process of that id for its own and would not start; after a power cut it may be any program. */
async function forget({ data }: Cluster, { pid }: Postmaster): Promise<void> {
  if (await isRunning(pid)) await rm(join(data, 'postmaster.pid'), { force: true });
}

async function isOurs(cluster: Cluster, { pid, port }: Postmaster): Promise<boolean> {
  if (!(await isRunning(pid))) return false;
  return (await isPostmasterOf(cluster, pid)) || (await knock(cluster, port)) === undefined;
}

async function isPostmasterOf({ data }: Cluster, pid: number): Promise<boolean> {
  const command = (await commandLineOf(pid)) ?? '';
  return command.includes('postgres') && (process.platform === 'win32' || command.includes(` -D ${data} `));
}

/** The file's first line is the pid, negative for a server without connections, its fourth the port. */
async function readPostmaster({ data }: Cluster): Promise<Postmaster | undefined> {
  try {
    const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
    return { pid: Math.abs(Number(lines[0])), port: Number(lines[3]) };
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** What keeps the superuser out. Only a server that knows the password can complete SCRAM, so no other passes for ours. */
async function knock(cluster: Cluster, port: number): Promise<unknown> {
  if (!(port > 0)) return new Error('it has not told its port yet');
  try {
    const client = await connect(urlOf(SUPERUSER, await readPassword(cluster, 'superuser-password'), port, 'postgres'));
    return await client.end();
  } catch (error) {
    return error;
  }
}

export async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, ssl: false, connectionTimeoutMillis: 5_000 });
  // A lost connection also fails the query that uses it, where it is told; unheard, this event would end node.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const logOf = ({ directory }: Cluster): string => join(directory, 'server.log');

/** Starts the server in a session of its own; returns what it and pg_ctl said if that failed. */
async function launch(cluster: Cluster, port: number, settings: Record<string, string>): Promise<string | undefined> {
  const log = logOf(cluster);
  await (await open(log, 'a')).close();
  await giveTo(cluster.account, log);
  const { size } = await stat(log);
  const options = quoteSettings({
    ...settings,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
  });
  const said = join(cluster.directory, 'pg_ctl.log');
  if (await runPgCtl(cluster, ['start', '-w', '-s', '-D', cluster.data, '-l', log, '-o', options], said)) {
    return undefined;
  }
  const lines = [await readFile(said, 'utf8'), (await readFile(log)).subarray(size).toString('utf8')];
  return `PostgreSQL did not start. The end of ${log}:\n${lastLines(lines.join('\n'))}`;
}

/** pg_ctl's output goes to a file: on Windows the server inherits it, and a pipe would never close. */
async function runPgCtl(cluster: Cluster, order: string[], output: string): Promise<boolean> {
  const file = await open(output, 'w');
  try {
    const child = spawn(programPath(cluster, 'pg_ctl'), order, {
      ...processOptions(cluster),
      stdio: ['ignore', file.fd, file.fd],
    });
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    return code === 0;
  } finally {
    await file.close();
  }
}

const lastLines = (text: string): string => text.trim().split(/\s*\n/).slice(-LOG_LINES_TOLD).join('\n');

const quoteSettings = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `-c ${quote(`${name}=${value}`)}`)
    .join(' ');

/** pg_ctl hands its options to the system's shell. */
function quote(text: string): string {
  if (process.platform === 'win32') return `"${text.replaceAll('"', String.raw`\"`)}"`;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
