import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger } from 'nestjs-pino';
import { AppModule } from './app.module';
import { type Environment, InvalidEnvironment, readEnvironment } from './config/environment';
import { configureApp } from './configure-app';
import { type OpenDatabase, openDatabase } from './database/open-database';
import { greeting } from './greeting';
import { SiteCheck } from './push/site/site-check';

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
  if (process.argv[2] === 'worker') return await work(environment, database);
  if (process.argv[2] === 'doctor') return await examine(environment, database);
  const app = await listen(environment, database);
  stops.push(() => closeInTime(app));
  say(greeting(await app.getUrl()));
}

/** Tells whether the Moodle of one tenant, or of the default one, can be pushed to; the exit code is 1 when not. */
async function examine(environment: Environment, { url }: OpenDatabase): Promise<void> {
  const settings = Object.assign(environment, { DATABASE_URL: url, PUSH_WORKERS: 0, LOG_LEVEL: 'CRITICAL' });
  const app = await NestFactory.createApplicationContext(AppModule.with(settings), {
    logger: false,
    abortOnError: false,
  });
  stops.push(() => app.close());
  const { ok, layout, site, findings } = await app
    .get(SiteCheck)
    .check(process.argv[3] ?? environment.DEFAULT_TENANT_ID);
  if (site) say(`${site.name}, ${site.url}, Moodle ${site.release ?? 'of an unknown release'}; layout ${layout}`);
  for (const { severity, code, message } of findings) say(`${severity} ${code}: ${message}`);
  if (ok) say('Moodle can be pushed to.');
  process.exitCode = ok ? 0 : 1;
  await stopAll();
}

/** Pushes to Moodle and looks after what waits, and answers no requests. */
async function work(environment: Environment, { url }: OpenDatabase): Promise<void> {
  const settings = Object.assign(environment, { DATABASE_URL: url });
  const app = await NestFactory.createApplicationContext(AppModule.with(settings), {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  stops.push(() => app.close());
  say(`${environment.APP_NAME} works, ${environment.PUSH_WORKERS} tenants at a time. Stop it with Ctrl-C`);
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
