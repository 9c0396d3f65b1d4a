import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger, PinoLogger } from 'nestjs-pino';
import { AppModule } from '../../src/app.module';
import { readEnvironment } from '../../src/config/environment';
import { configureApp } from '../../src/configure-app';
import { loggerOptions } from '../../src/logging/logger-options';
import type { SyncReport } from '../../src/sync/sync-report';
import { Api } from './api';
import { collection } from './canary/collection';
import { workerDatabaseUrl } from './databases';
import { LOOPBACK } from './loopback';

export type { Answer, Row } from './api';

/** The service, listening on a port of its own. */
export class TestService extends Api {
  private constructor(
    readonly app: NestExpressApplication,
    url: string,
  ) {
    super(url);
  }

  static async start(variables: Record<string, string> = {}): Promise<TestService> {
    const settings = {
      ENV: 'test',
      PORT: '0',
      // All that can be logged is searched for what must not be; nobody sees it unless told by TEST_LOG.
      LOG_LEVEL: 'DEBUG',
      DATABASE_URL: workerDatabaseUrl(),
      // Rounds of pushes meet no test that does not ask for them.
      PUSH_WORKERS: '0',
      OUTGOING_ALLOWED_ADDRESSES: LOOPBACK,
      ...variables,
    };
    const environment = readEnvironment(settings);
    collection.start('serve', settings);
    const logging = loggerOptions(environment, collection);
    const app = await NestFactory.create<NestExpressApplication>(AppModule.with(environment, collection), {
      bodyParser: false,
      logger: new Logger(new PinoLogger(logging), logging),
      abortOnError: false,
    });
    try {
      await configureApp(app).listen(0, '127.0.0.1');
    } catch (error) {
      await app.close();
      throw error;
    }
    // What runs by the clock would meet the tests' own data; they call for it when they need it.
    const clock = app.get(SchedulerRegistry);
    for (const name of clock.getIntervals()) clock.deleteInterval(name);
    return new TestService(app, await app.getUrl());
  }

  async close(): Promise<void> {
    await this.app.close();
    await collection.flush();
  }
}

/** A tenant that no other test knows, so that nothing has to be cleaned up. */
export const newTenant = (): string => `t-${randomBytes(6).toString('hex')}`;

export const statusesOf = ({ results }: SyncReport): string[] => results.map(({ status }) => status);
