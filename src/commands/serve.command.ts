import type { Server } from 'node:http';
import { Server as TcpServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../app.module';
import type { Environment } from '../config/environment';
import { configureApp } from '../configure-app';
import { greeting } from '../greeting';
import { Departure } from '../health/departure';
import type { Command } from './command';
import { letWatch } from './watched';

/** The next request of a kept connection may be on its way already; it is answered, and that ends the connection. */
const IDLE_PATIENCE_MS = 500;

/** `serve`, or no name at all: answers requests, and pushes to Moodle. */
export const serve: Command = async (input) => {
  const { environment, databaseUrl, print } = input;
  const settings = Object.assign(environment, { DATABASE_URL: databaseUrl });
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings), {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  try {
    await configureApp(app).listen(environment.PORT);
    await letWatch(app, input);
  } catch (error) {
    await app.close();
    throw error;
  }
  const { AUTHENTICATION, DOCS_ENABLED } = environment;
  print(greeting(await app.getUrl(), { isOpen: AUTHENTICATION === 'none', hasDocs: DOCS_ENABLED }));
  return { stop: () => leave(app, environment) };
};

/** Those who send requests are told first, so that none comes to a closed door; what works for requests ends after them. */
async function leave(app: NestExpressApplication, environment: Environment): Promise<void> {
  app.get(Departure).begin();
  await pause(environment.DRAIN_SECONDS * 1_000);
  await closeInTime(app.getHttpServer(), environment.SHUTDOWN_SECONDS * 1_000);
  await app.close();
}

/** Requests in progress may end; a caller that keeps its request unfinished is not waited for. */
async function closeInTime(server: Server, patienceMs: number): Promise<void> {
  const idle = setTimeout(() => server.closeIdleConnections(), IDLE_PATIENCE_MS);
  const patience = setTimeout(() => server.closeAllConnections(), patienceMs);
  await letNobodyIn(server);
  for (const timer of [idle, patience]) clearTimeout(timer);
}

/** Node's own way also ends those connections at once that are between two requests. */
const letNobodyIn = (server: Server): Promise<void> =>
  new Promise((closed) => TcpServer.prototype.close.call(server, () => closed()));
