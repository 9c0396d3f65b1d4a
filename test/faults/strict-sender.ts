import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { collection } from '../support/canary/collection';
import type { Ledger, SentRequest } from './ledger';
import { type Address, Sender } from './sender';

/** Sends all on one connection, as long as the other side leaves it open, or on a new one each; whatever breaks is an error. */
export class StrictSender extends Sender {
  private readonly agent: Agent;

  constructor(address: Address, tenant: string, ledger: Ledger, isLasting: boolean) {
    super(address, tenant, ledger);
    this.agent = new Agent({ keepAlive: isLasting, maxSockets: 1 });
  }

  override async post(url: string, { entity, key, body }: Pick<SentRequest, 'entity' | 'key' | 'body'>) {
    const path = `/v1/sync/${entity}`;
    const headers = { 'Content-Type': 'application/json', 'X-Tenant-ID': this.tenant, 'Idempotency-Key': key };
    const response = await new Promise<IncomingMessage>((answered, failed) => {
      const sent = request(url + path, { method: 'POST', agent: this.agent, headers });
      sent.on('response', answered).on('error', failed).end(body);
    });
    const answer = await text(response);
    const status = response.statusCode ?? 0;
    collection.answer({
      method: 'POST',
      path,
      status,
      headers: response.headers as Record<string, string>,
      body: answer,
    });
    return new Response(answer, { status });
  }

  close(): void {
    this.agent.destroy();
  }
}
