import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import { AppModule } from '../app.module';
import type { CommandInput } from './command';

/** The service's parts without routes, pushes, upkeep and log lines, as long as the work takes. */
export async function withQuietApp<T>(
  { environment, databaseUrl }: CommandInput,
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const settings = Object.assign(environment, { DATABASE_URL: databaseUrl, PUSH_WORKERS: 0, LOG_LEVEL: 'CRITICAL' });
  const app = await NestFactory.createApplicationContext(AppModule.with(settings), {
    logger: false,
    abortOnError: false,
  });
  // A look at a database, as of a backup, must not prune it.
  const clock = app.get(SchedulerRegistry);
  for (const name of clock.getIntervals()) clock.deleteInterval(name);
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
