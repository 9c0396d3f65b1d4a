import { randomUUID } from 'node:crypto';
import type { SyncReport } from '../../src/sync/sync-report';
import { collectingFetch } from './canary/collecting-fetch';

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

/** The routes of a service, wherever it runs. */
export class Api {
  constructor(readonly url: string) {}

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
