import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from '../app.module';
import { configureApp } from '../configure-app';
import { greeting } from '../greeting';
import type { Command } from './command';
import { letWatch } from './watched';

const SHUTDOWN_PATIENCE_MS = 10_000;

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
  return { stop: () => closeInTime(app) };
};

/** Requests in progress may end; a caller that keeps its request unfinished is not waited for. */
async function closeInTime(app: NestExpressApplication): Promise<void> {
  const server = app.getHttpServer();
  const patience = setTimeout(() => server.closeAllConnections(), SHUTDOWN_PATIENCE_MS);
  await app.close();
  clearTimeout(patience);
}
