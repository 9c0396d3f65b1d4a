import { randomBytes, randomUUID } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Logger, PinoLogger } from 'nestjs-pino';
import { AppModule } from '../../src/app.module';
import { readEnvironment } from '../../src/config/environment';
import { configureApp } from '../../src/configure-app';
import { loggerOptions } from '../../src/logging/logger-options';
import type { SyncReport } from '../../src/sync/sync-report';
import { collectingFetch } from './canary/collecting-fetch';
import { collection } from './canary/collection';
import { workerDatabaseUrl } from './databases';
import { LOOPBACK } from './loopback';

interface SyncOptions {
  readonly tenant?: string;
  readonly headers?: Record<string, string>;
  readonly query?: string;
}

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export type Row = Record<string, string | null>;

/** The service, listening on a port of its own. */
export class TestService {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
  ) {}

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

  /** Sends raw bytes, as any caller might. */
  async send<T = unknown>(
    method: string,
    path: string,
    init: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
  ): Promise<Answer<T>> {
    const response = await collectingFetch(this.url + path, { method, ...init });
    const text = await response.text();
    const isPlain = response.headers.get('content-type')?.startsWith('text/plain');
    const body: unknown = text === '' ? null : isPlain ? text : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: body as T };
  }

  /** Sends records to a sync route and expects them to be processed, under a new key, so that it is never a replay. */
  async sync(
    entity: string,
    body: unknown,
    { tenant = 'default', headers = {}, query = '' }: SyncOptions = {},
  ): Promise<SyncReport> {
    const answer = await this.send<SyncReport>('POST', `/v1/sync/${entity}${query}`, {
      body: JSON.stringify(body),
      headers: {
        'Content-Type': 'application/json',
        'X-Tenant-ID': tenant,
        'Idempotency-Key': randomUUID(),
        ...headers,
      },
    });
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  get<T = unknown>(path: string, tenant = 'default'): Promise<Answer<T>> {
    return this.send<T>('GET', path, { headers: { 'X-Tenant-ID': tenant } });
  }

  async row(entity: string, zohoId: string, tenant: string): Promise<Row> {
    return (await this.get<Row>(`/v1/${entity}/${zohoId}`, tenant)).body;
  }
}

/** A tenant that no other test knows, so that nothing has to be cleaned up. */
export const newTenant = (): string => `t-${randomBytes(6).toString('hex')}`;

export const statusesOf = ({ results }: SyncReport): string[] => results.map(({ status }) => status);
