import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { findCommand } from './commands/commands';
import type { Command } from './commands/command';
import { type Environment, InvalidEnvironment, readEnvironment } from './config/environment';
import { openDatabase } from './database/open-database';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const OLDEST_NODE = 24;

/** What has been started, in the order in which it is stopped: the last first. */
const stops: (() => Promise<void>)[] = [];
const stopping = new AbortController();

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
}

async function start(command: Command, args: readonly string[], environment: Environment): Promise<void> {
  const database = await openDatabase(environment, print);
  stops.push(() => database.close());
  if (stopping.signal.aborted) return;
  const outcome = await command({
    environment,
    databaseUrl: database.url,
    args,
    print,
    stopping: stopping.signal,
  });
  if (typeof outcome !== 'number') return void stops.push(outcome.stop);
  process.exitCode = outcome;
  await stopAll();
}

/** What went wrong at the start, in words for whoever typed `npm start`. */
function explain(error: unknown, port: number | undefined): string {
  if (error instanceof InvalidEnvironment) return error.message;
  if (!(error instanceof Error)) return 'The start failed for an unknown reason';
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken. Stop the program that uses it, or choose another: PORT=8001 npm start`;
  if (code === 'EACCES') return `Port ${port} may not be used by this user. Choose one above 1024: PORT=8001 npm start`;
  if (code === 'ECONNREFUSED')
    return 'DATABASE_URL names a server that does not answer. Is it running, and is the port right?';
  return message || `The start failed: ${code ?? error.name}`;
}

async function main(): Promise<void> {
  let port: number | undefined;
  try {
    if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
      throw new Error(`Node ${OLDEST_NODE} is needed, and this is ${process.version}. npm start brings its own`);
    }
    const [name, ...args] = process.argv.slice(2);
    const command = findCommand(name);
    if (existsSync('.env')) process.loadEnvFile('.env');
    const environment = readEnvironment(process.env);
    port = environment.PORT;
    await start(command, args, environment);
  } catch (error) {
    process.stderr.write(`${explain(error, port)}\n`);
    process.exitCode = 1;
    await stopAll();
  }
}

const started = main();

/**
 * A server that is just being started is waited for, so that it is not left behind. Ctrl-C reaches us twice, from the
 * terminal and from npm.
 */
async function stopOnSignal(): Promise<void> {
  if (stopping.signal.aborted) return;
  stopping.abort();
  await started;
  await stopAll();
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stopOnSignal());
