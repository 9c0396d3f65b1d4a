import { connect, createServer, type Server, type Socket } from 'node:net';
import { newTenant, TestService } from './support/app';
import { workerDatabaseUrl } from './support/databases';

/** Stands between the service and PostgreSQL, and can cut the line. */
class Line {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private isCut = false;

  constructor(private readonly target: URL) {
    this.server = createServer((client) => {
      if (this.isCut) {
        client.destroy();
        return;
      }
      const upstream = connect(Number(target.port), target.hostname);
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket));
      }
      client.pipe(upstream).pipe(client);
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as { port: number };
    const url = new URL(this.target);
    url.host = `127.0.0.1:${port}`;
    return url.href;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

it('answers 503 while the database is away, acknowledges nothing, and works again by itself', async () => {
  const line = new Line(new URL(workerDatabaseUrl()));
  const service = await TestService.start({ DATABASE_URL: await line.open() });
  const headers = { 'X-Tenant-ID': newTenant() };
  const post = () => service.send('POST', '/v1/sync/programs', { body: '{"id":"p1","Name":"HND"}', headers });
  try {
    line.cut();
    const away = await post();
    expect(away).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(away.body)).not.toMatch(/127\.0\.0\.1|ECONN|terminated/);
    expect(await service.send('GET', '/v1/health/ready')).toMatchObject({
      status: 503,
      body: { parts: { database: 'unavailable' } },
    });
    expect(await service.send('GET', '/v1/health')).toMatchObject({ status: 200 });
    line.mend();
    expect(await post()).toMatchObject({ status: 200, body: { results: [{ status: 'NEW' }] } });
    expect(await service.send('GET', '/v1/health/ready')).toMatchObject({ status: 200 });
  } finally {
    await service.close();
    await line.close();
  }
});
