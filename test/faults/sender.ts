import { setTimeout as pause } from 'node:timers/promises';
import { collectingFetch } from '../support/canary/collecting-fetch';
import { endOfTest } from '../support/end-of-test';
import type { Ledger, SentRequest } from './ledger';
import type { VersionedEntity } from './versions';

/** Where requests go at this moment; null while nobody listens. */
export type Address = () => string | null;

/** Answers that ask for the same request again. */
const AGAIN = new Set([409, 429, 503]);
const PAUSE_MS = 50;

/** Sends changes as a caller does that is not to lose any: each again, under the same key, until it is acknowledged. */
export class Sender {
  constructor(
    private readonly address: Address,
    protected readonly tenant: string,
    readonly ledger: Ledger,
  ) {}

  /** The next version of each of these records, in one request. */
  async change(entity: VersionedEntity, ...ids: string[]): Promise<void> {
    await this.insist(this.ledger.next(entity, ids));
  }

  async insist(request: SentRequest): Promise<void> {
    const isOver = endOfTest();
    while (!(await this.attempt(request)) && !isOver()) await pause(PAUSE_MS);
  }

  /** Sends it once. @returns whether it is not to be sent again */
  async attempt(request: SentRequest): Promise<boolean> {
    const url = this.address();
    if (url === null) return false;
    try {
      const response = await this.post(url, request);
      const text = await response.text();
      if (response.status === 200) this.ledger.acknowledge(request, text);
      else if (isCleanly(response)) this.ledger.retry(String(response.status));
      else this.ledger.surprises.push(`${request.key}: ${response.status} ${text}`);
      return !AGAIN.has(response.status);
    } catch (error) {
      if (!isOfConnection(error)) throw error;
      this.ledger.retry(isRefused(error) ? 'refused' : 'no answer');
      return false;
    }
  }

  /** The answer to it, whatever it is. */
  post(url: string, { entity, key, body }: Pick<SentRequest, 'entity' | 'key' | 'body'>): Promise<Response> {
    const headers = { 'Content-Type': 'application/json', 'X-Tenant-ID': this.tenant, 'Idempotency-Key': key };
    return collectingFetch(`${url}/v1/sync/${entity}`, { method: 'POST', headers, body });
  }
}

/** It says when to come again. */
const isCleanly = ({ status, headers }: Response): boolean =>
  AGAIN.has(status) && Number(headers.get('retry-after')) > 0;

/** Nobody listens, so that nothing was sent. */
const isRefused = ({ cause }: { readonly cause?: unknown }): boolean =>
  (cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED';

/** What `fetch` says when there is no connection, and when an answer breaks off. */
const isOfConnection = (error: unknown): error is Error =>
  ['fetch failed', 'terminated'].includes((error as { message?: string } | null)?.message ?? '');
