import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Environment } from '../config/environment';

/** A slow Redis must not slow every webhook: past this the request goes on without it. */
const COMMAND_TIMEOUT_MS = 500;
const CONNECT_TIMEOUT_MS = 2_000;
const SLOWEST_RETRY_MS = 2_000;
const PING_TIMEOUT_MS = 1_000;

/** The one client of Redis; none when REDIS_URL is absent. It reconnects for ever, and never holds a command back. */
@Injectable()
export class RedisConnection implements OnApplicationShutdown {
  readonly client: Redis | null;
  private readonly log = new Logger(RedisConnection.name);
  private isDown = false;

  constructor({ REDIS_URL, APP_NAME }: Environment) {
    this.client = REDIS_URL ? this.connect(REDIS_URL, APP_NAME) : null;
  }

  /** Null when there is none to reach. */
  async isReachable(): Promise<boolean | null> {
    if (!this.client) return null;
    const timeUp = new Promise<string>((resolve) => {
      setTimeout(resolve, PING_TIMEOUT_MS, 'no answer').unref();
    });
    const answer = await Promise.race([this.client.ping().catch(() => 'no answer'), timeUp]);
    return answer === 'PONG';
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }

  private connect(url: string, connectionName: string): Redis {
    const client = new Redis(url, {
      connectionName,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(times * 100, SLOWEST_RETRY_MS),
    });
    client.on('error', (error: NodeJS.ErrnoException) =>
      this.tell(true, `Redis is out of reach (${error.code ?? error.name})`),
    );
    client.on('ready', () => this.tell(false, 'Redis answers again'));
    return client;
  }

  /** Once for each change: a Redis that is away fails many times a second. */
  private tell(isDown: boolean, message: string): void {
    if (isDown === this.isDown) return;
    this.isDown = isDown;
    this.log.warn(message);
  }
}
