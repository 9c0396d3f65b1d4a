import { tmpdir } from 'node:os';
import { newTenant } from '../support/app';
import { createOwnDatabase, type OwnDatabase } from '../support/databases';
import { heapOf } from '../support/heap';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-request';
import { Run } from '../support/run';
import type { SyncReport } from '../../src/sync/sync-report';
import { problemFaults } from './problem-faults';
import { api, EXAMPLES, type Route, routeOf } from './routes';

export interface TriedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** all that is wrong with it: a status of 500 or above, a refusal that is no problem, what the document does not say */
  readonly faults: readonly string[];
}

/** So much a process may hold more after thousands of requests: plans, tenants and the like that it remembers. */
const KEPT_BYTES = 8 * 1_024 * 1_024;

/** The built service as a process of its own, at which bad input is thrown. Every answer is judged. */
export class TriedService {
  private held = 0;

  private constructor(
    readonly url: string,
    private readonly run: Run,
    private readonly inspector: string,
    private readonly database: OwnDatabase,
  ) {}

  static async start(variables: Record<string, string> = {}): Promise<TriedService> {
    const database = await createOwnDatabase('bad_input');
    const run = new Run(tmpdir(), {
      DATABASE_URL: database.url,
      REQUESTS_PER_MINUTE: '0',
      PUSH_WORKERS: '0',
      LOG_LEVEL: 'WARNING',
      NODE_OPTIONS: '--inspect=127.0.0.1:0',
      ...variables,
    });
    const url = await run.ready();
    const service = new TriedService(url, run, await run.says(/Debugger listening on (\S+)/), database);
    await service.warmUp();
    return service;
  }

  /** @param route null: the address leads nowhere */
  async try(route: Route | null, request: RawRequest): Promise<TriedAnswer> {
    const { status, headers, text } = await sendRaw(this.url, request);
    const answer = { status, headers, body: bodyOf({ status, headers, text }) };
    // HTTP's own answer to If-None-Match: *, for which nobody needs a document.
    const isOfHttp = status === 304 && request.headers?.some(([name]) => name === 'If-None-Match') === true;
    const described = route && !isOfHttp ? api.faults(route.operation.operationId, answer) : [];
    return { ...answer, faults: [...described, ...problemFaults(answer)] };
  }

  /** Sends a body to a sync route, in the name of a tenant that nobody else knows unless told. */
  sync(
    entity: string,
    body: RawRequest['body'],
    { tenant = newTenant(), headers = {} }: { tenant?: string; headers?: Record<string, string> } = {},
  ): Promise<TriedAnswer> {
    const path = `/v1/sync/${entity}`;
    const all = Object.entries({ 'X-Tenant-ID': tenant, ...headers });
    return this.try(routeOf('POST', path), { method: 'POST', path, headers: all, ...(body !== undefined && { body }) });
  }

  async stored(entity: string, id: string, tenant: string): Promise<Record<string, unknown>> {
    const answer = await this.get(`/v1/${entity}/{zoho_id}`, `/v1/${entity}/${id}`, tenant);
    return answer.status === 200 ? (answer.body as Record<string, unknown>) : {};
  }

  get(template: string, path: string, tenant: string): Promise<TriedAnswer> {
    return this.try(routeOf('GET', template), { method: 'GET', path, headers: [['X-Tenant-ID', tenant]] });
  }

  /** By how many bytes it holds more than when it was warm. */
  async grown(): Promise<number> {
    return (await heapOf(this.inspector)) - this.held;
  }

  /** What is remembered for ever is remembered once every route was asked. */
  private async warmUp(): Promise<void> {
    for (const { method, path, body, contentType } of EXAMPLES) {
      const headers = contentType === undefined ? [] : [['Content-Type', contentType] as const];
      await sendRaw(this.url, { method, path, headers, ...(body !== undefined && { body }) });
    }
    this.held = await heapOf(this.inspector);
  }

  async end(): Promise<void> {
    const code = await this.run.end('SIGTERM');
    await this.database.drop();
    if (code !== 0) throw new Error(`The service ended by itself: ${this.run.output.slice(-2_000)}`);
  }
}

export async function expectReady(service: TriedService): Promise<void> {
  const request = { method: 'GET', path: '/v1/health/ready' };
  const ready = await service.try(routeOf('GET', request.path), request);
  expect(ready).toMatchObject({ status: 200, body: { status: 'ok' }, faults: [] });
}

/** It is alive, it has not been started anew, and it holds no more than before. */
export async function expectUnharmed(service: TriedService): Promise<void> {
  await expectReady(service);
  expect(await service.grown()).toBeLessThan(KEPT_BYTES);
}

function bodyOf({ headers, text }: RawAnswer): unknown {
  if (text === '') return null;
  return headers.get('content-type')?.includes('json') ? (JSON.parse(text) as unknown) : text;
}

export const statusesIn = ({ body }: TriedAnswer): string[] =>
  ((body as Partial<SyncReport> | null)?.results ?? []).map(({ status }) => status);

export const codeIn = ({ body }: TriedAnswer): unknown => (body as { code?: unknown } | null)?.code;
