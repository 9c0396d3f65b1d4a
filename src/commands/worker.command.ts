import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { AppModule } from '../app.module';
import { Departure } from '../health/departure';
import type { Command } from './command';
import { letWatch } from './watched';

/** `worker`: pushes to Moodle and looks after what waits, and answers no requests. */
export const worker: Command = async (input) => {
  const { environment, databaseUrl, print } = input;
  const settings = Object.assign(environment, { DATABASE_URL: databaseUrl });
  const app = await NestFactory.createApplicationContext(AppModule.with(settings), {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  try {
    await letWatch(app, input);
  } catch (error) {
    await app.close();
    throw error;
  }
  print(`${environment.APP_NAME} works, ${environment.PUSH_WORKERS} tenants at a time. Stop it with Ctrl-C`);
  return {
    stop: () => {
      app.get(Departure).begin();
      return app.close();
    },
  };
};
