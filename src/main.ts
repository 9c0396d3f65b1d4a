import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module';
import { type Environment, InvalidEnvironment, readEnvironment } from './config/environment';
import { configureApp } from './configure-app';
import { type OpenDatabase, openDatabase } from './database/open-database';
import { greeting } from './greeting';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const SHUTDOWN_PATIENCE_MS = 10_000;
const OLDEST_NODE = 24;

/** What has been started, in the order in which it is stopped: the last first. */
const stops: (() => Promise<void>)[] = [];
let isStopping = false;

async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
}

async function start(environment: Environment): Promise<void> {
  const database = await openDatabase(environment, say);
  stops.push(() => database.close());
  if (isStopping) return;
  const app = await listen(environment, database);
  stops.push(() => closeInTime(app));
  say(greeting(await app.getUrl()));
}

async function listen(environment: Environment, { url }: OpenDatabase): Promise<NestExpressApplication> {
  const settings = Object.assign(environment, { DATABASE_URL: url });
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings), {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  try {
    await configureApp(app).listen(environment.PORT);
    return app;
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Requests in progress may end; a caller that keeps its request unfinished is not waited for. */
async function closeInTime(app: NestExpressApplication): Promise<void> {
  const server = app.getHttpServer();
  const patience = setTimeout(() => server.closeAllConnections(), SHUTDOWN_PATIENCE_MS);
  await app.close();
  clearTimeout(patience);
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
    if (existsSync('.env')) process.loadEnvFile('.env');
    const environment = readEnvironment(process.env);
    port = environment.PORT;
    await start(environment);
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
  if (isStopping) return;
  isStopping = true;
  await started;
  await stopAll();
  process.exit();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stopOnSignal());
