import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { collectingFetch } from './canary/collecting-fetch';

const LOOKS_EVERY_MS = 50;

/** A process behind the balancer. */
interface Backend {
  url: URL;
  isReady: boolean;
  connections: number;
}

/** Leads each new connection to a process that says it is ready, in turn, as a load balancer with health checks does. */
export class Balancer {
  /** how many connections came to a closed door and were led to another process */
  refused = 0;
  private turn = 0;
  private isClosed = false;
  private looking: Promise<void> = Promise.resolve();
  private readonly server: Server = createServer((client) => this.join(client));

  private constructor(private readonly backends: readonly Backend[]) {}

  static async start(urls: readonly string[]): Promise<Balancer> {
    const balancer = new Balancer(urls.map((url) => ({ url: new URL(url), isReady: false, connections: 0 })));
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    await balancer.look();
    balancer.looking = balancer.lookOn();
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Connections that are open to one of them. */
  connectionsTo(n: number): number {
    return this.backends[n]?.connections ?? 0;
  }

  /** Another process in the place of one; it gets connections once it is seen to be ready. */
  async replace(n: number, url: string): Promise<void> {
    const backend = this.backends[n];
    if (!backend) throw new Error(`There is no process ${n}`);
    Object.assign(backend, { url: new URL(url), isReady: false });
    while (!backend.isReady) await pause(LOOKS_EVERY_MS);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.looking;
    await new Promise((closed) => this.server.close(closed));
  }

  private async lookOn(): Promise<void> {
    while (!this.isClosed) {
      await pause(LOOKS_EVERY_MS);
      await this.look();
    }
  }

  private async look(): Promise<void> {
    await Promise.all(
      this.backends.map(async (backend) => {
        const { url } = backend;
        const isReady = await collectingFetch(new URL('/v1/health/ready', url)).then(
          ({ status }) => status === 200,
          () => false,
        );
        if (backend.url === url) backend.isReady = isReady;
      }),
    );
  }

  private join(client: Socket): void {
    const ready = this.backends.filter(({ isReady }) => isReady);
    const backend = ready[(this.turn += 1) % ready.length];
    if (!backend) return void client.resetAndDestroy();
    const upstream = connect(Number(backend.url.port), backend.url.hostname);
    const refused = (): void => {
      this.refused += 1;
      backend.isReady = false;
      this.join(client);
    };
    upstream.once('error', refused).once('connect', () => {
      upstream.off('error', refused);
      this.lead(client, upstream, backend);
    });
  }

  private lead(client: Socket, upstream: Socket, backend: Backend): void {
    backend.connections += 1;
    upstream.once('close', () => (backend.connections -= 1));
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => to.resetAndDestroy()).pipe(to);
    }
  }
}
