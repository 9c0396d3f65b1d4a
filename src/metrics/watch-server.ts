import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { describeError } from '../logging/describe-error';
import { httpStatusOf, Readiness } from '../health/readiness';
import { MetricsPage } from './metrics-page';

interface Told {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Nobody who watches has more to say. */
const LONGEST_REQUEST_MS = 5_000;

const json = (status: number, body: object): Told => ({ status, type: 'application/json', body: JSON.stringify(body) });

/**
 * Tells Prometheus, and whoever starts and stops processes, how this one is: at a port of its own, without credentials,
 * so that it is told as well while the database is away, by which keys are known. It tells of no record.
 */
@Injectable()
export class WatchServer implements OnApplicationShutdown {
  private readonly log = new Logger(WatchServer.name);
  private readonly server = createServer({ requestTimeout: LONGEST_REQUEST_MS }, (request, response) => {
    void this.answer(request, response);
  });
  private readonly answers: ReadonlyMap<string, () => Promise<Told>>;

  constructor(
    private readonly page: MetricsPage,
    private readonly readiness: Readiness,
  ) {
    this.answers = new Map([
      ['/metrics', () => this.metrics()],
      ['/v1/health', () => Promise.resolve(json(200, { status: 'ok' }))],
      ['/v1/health/ready', () => this.ready()],
    ]);
  }

  /** @returns where it is */
  async listen(port: number, host: string): Promise<string> {
    this.server.listen(port, host);
    await once(this.server, 'listening');
    const { address, family, port: taken } = this.server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`;
  }

  /** Whoever watches may do so until the end. */
  onApplicationShutdown(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = ''] = url.split('?', 1);
    const tell = method === 'GET' ? this.answers.get(path) : undefined;
    const { status, type, body } = tell ? await this.attempt(tell) : json(404, { status: 'not found' });
    response.writeHead(status, { 'Content-Type': type, 'X-Content-Type-Options': 'nosniff' }).end(body);
  }

  private async attempt(tell: () => Promise<Told>): Promise<Told> {
    try {
      return await tell();
    } catch (error) {
      this.log.error(`Unexpected ${describeError(error)}`);
      return json(500, { status: 'error' });
    }
  }

  private async metrics(): Promise<Told> {
    return { status: 200, type: this.page.contentType, body: await this.page.read() };
  }

  private async ready(): Promise<Told> {
    const ready = await this.readiness.look();
    return json(httpStatusOf(ready), ready);
  }
}
