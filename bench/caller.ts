import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';

interface Answer {
  readonly summary: Readonly<Record<string, number>>;
}

/** Calls the service as a client on the same machine does, over connections that stay open. */
export class Caller {
  private readonly pool: Pool;

  constructor(address: string) {
    this.pool = new Pool(address, { connections: 64, pipelining: 1, bodyTimeout: 120_000, headersTimeout: 120_000 });
  }

  async get(path: string): Promise<void> {
    const { statusCode, body } = await this.pool.request({ method: 'GET', path });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
  }

  /** @param outcome what is to become of every record @param key the same one twice is a replay */
  async sync(tenant: string, body: string, count: number, outcome: string, key: string = randomUUID()): Promise<void> {
    const response = await this.pool.request({
      method: 'POST',
      path: '/v1/sync/students',
      headers: { 'content-type': 'application/json', 'x-tenant-id': tenant, 'idempotency-key': key },
      body,
    });
    const text = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`A request was answered with ${response.statusCode}: ${text}`);
    // The summary comes before the results: those need not be read here.
    const { summary } = JSON.parse(`${text.slice(0, text.indexOf(',"results":'))}}`) as Answer;
    if (summary[outcome] !== count) throw new Error(`${count} ${outcome} were due: ${JSON.stringify(summary)}`);
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}
