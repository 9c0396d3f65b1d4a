import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Exchange } from './faults';
import { htmlReply, type Reply } from './reply';

const ENDPOINT = '/webservice/rest/server.php';

export interface Received {
  /** What PHP would read: only a form's. */
  readonly body: string;
  readonly query: string;
  readonly exchange: Omit<Exchange, 'work'>;
}

/** A port that can close and open again, and what comes in by it. */
export class Listener {
  private server: Server | undefined;
  private port = 0;

  constructor(private readonly receive: (received: Received) => Promise<void>) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async open(): Promise<void> {
    this.server = createServer((request, response) => void this.handle(request, response));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Connections are cut, and no more are let in. */
  async close(): Promise<void> {
    if (this.server === undefined) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    this.server = undefined;
    await closed;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const exchange = exchangeOf(request, response);
    const { pathname, search } = new URL(request.url ?? '/', this.url);
    try {
      const body = await text(request);
      const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
      if (pathname !== ENDPOINT) exchange.answer(htmlReply(404, 'Not Found'));
      else await this.receive({ body: isForm ? body : '', query: search.slice(1), exchange });
    } catch (error) {
      // A defect of the stand-in, or a client that left before it had said all.
      exchange.answer(htmlReply(500, error instanceof Error ? String(error.stack) : 'Error'));
    }
  }
}

const exchangeOf = (request: IncomingMessage, response: ServerResponse): Omit<Exchange, 'work'> => ({
  response,
  clientLeft: new Promise((left) => response.once('close', left)),
  reset: () => void request.socket.resetAndDestroy(),
  answer: (reply) => send(response, reply),
});

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  if (response.destroyed || response.writableEnded) return;
  response.writeHead(status, headers).end(body);
}
