import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FUNCTIONS } from './functions';
import { accessDenied, invalidParameter, MoodleException, missingRecord, moodleException } from './moodle-exception';
import { MoodleState } from './moodle-state';
import { check } from './parameters';
import { type PhpObject, readForm, textOf } from './php-parameters';

/** A call that came. */
export interface Call {
  readonly name: string;
  readonly parameters: PhpObject;
  readonly variables: number;
  readonly writes: boolean;
}

/** What happens to a call instead of, or around, its work. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'exception'; readonly errorcode: string }
  /** the work is done, and the connection cut before the answer */
  | { readonly kind: 'reset' }
  /** the connection is cut before the work */
  | { readonly kind: 'drop' }
  /** no answer; the work is done when the gate opens */
  | { readonly kind: 'hang'; readonly gate: Promise<unknown> }
  /** the work is done at once, and the answer waits for the gate */
  | { readonly kind: 'late'; readonly gate: Promise<unknown> }
  /** the work and the answer wait for the gate */
  | { readonly kind: 'wait'; readonly gate: Promise<unknown> };

interface Planned {
  readonly fault: Fault;
  readonly matches: (call: Call) => boolean;
  times: number;
}

const LIMIT = 1_000;

/** A Moodle site that speaks HTTP as the recorded ones do. */
export class MoodleStandIn {
  readonly state = new MoodleState();
  readonly calls: Call[] = [];
  readonly token = 'f'.repeat(32);
  /** revoked: every call is refused */
  isTokenValid = true;
  maxInputVars = LIMIT;
  private readonly planned: Planned[] = [];
  private readonly waiting: { matches: (call: Call) => boolean; seen: (call: Call) => void }[] = [];

  private constructor(
    private readonly server: Server,
    private port: number,
  ) {}

  static async start(): Promise<MoodleStandIn> {
    const server = createServer();
    const standIn = new MoodleStandIn(server, 0);
    server.on('request', (request, response) => void standIn.answer(request, response));
    await standIn.up();
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Nothing listens any longer, until it is up again. */
  async down(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  /** The next calls, of one function or of any, fail so. */
  fail(fault: Fault, name?: string, times = 1): void {
    this.planned.push({ fault, times, matches: (call) => name === undefined || call.name === name });
  }

  /** Faults that were planned and have not happened yet are forgotten. */
  heal(): void {
    this.planned.length = 0;
  }

  /** The next call of this function. */
  nextCall(name: string): Promise<Call> {
    return new Promise((seen) => this.waiting.push({ matches: (call) => call.name === name, seen }));
  }

  namesOf = (since = 0): string[] => this.calls.slice(since).map(({ name }) => name);
  writesSince = (since: number): Call[] => this.calls.slice(since).filter(({ writes }) => writes);

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const call = readCall(body, this.maxInputVars);
    this.calls.push(call);
    for (const one of this.waiting.filter(({ matches }) => matches(call))) {
      this.waiting.splice(this.waiting.indexOf(one), 1);
      one.seen(call);
    }
    const planned = this.planned.find(({ matches, times }) => times > 0 && matches(call));
    if (planned) planned.times -= 1;
    await this.carryOut(call, planned?.fault, request, response);
  }

  private async carryOut(
    call: Call,
    fault: Fault | undefined,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    switch (fault?.kind) {
      case 'status':
        response
          .writeHead(fault.status, { 'Content-Type': 'text/html', ...fault.headers })
          .end(fault.body ?? '<html></html>');
        return;
      case 'exception':
        send(response, exceptionOf(moodleException(fault.errorcode)));
        return;
      case 'drop':
        request.socket.destroy();
        return;
      case 'reset':
        this.work(call);
        request.socket.destroy();
        return;
      case 'hang':
        await fault.gate;
        this.work(call);
        return;
      case 'late': {
        const answer = this.work(call);
        await fault.gate;
        send(response, answer);
        return;
      }
      case 'wait':
        await fault.gate;
        send(response, this.work(call));
        return;
      case undefined:
        send(response, this.work(call));
    }
  }

  /** A site does its work whether or not anybody still listens. */
  private work(call: Call): unknown {
    try {
      return this.run(call);
    } catch (error) {
      if (error instanceof MoodleException) return exceptionOf(error);
      throw error;
    }
  }

  private run({ name, parameters }: Call): unknown {
    const { wstoken, wsfunction: _name, moodlewsrestformat: _format, ...rest } = parameters;
    if (textOf(wstoken) !== this.token || !this.isTokenValid) {
      throw moodleException('invalidtoken', 'Invalid token - token not found');
    }
    if (name === '') throw invalidParameter();
    const found = FUNCTIONS[name];
    if (!found) throw missingRecord();
    if (this.state.withheld.has(name)) throw accessDenied();
    return found.run(this.state, check({ type: 'object', of: found.takes }, rest));
  }
}

function readCall(body: string, limit: number): Call {
  const parameters = readForm(body, limit);
  const name = textOf(parameters['wsfunction']) ?? '';
  const variables = [...new URLSearchParams(body)].length;
  return { name, parameters, variables, writes: FUNCTIONS[name]?.writes ?? false };
}

const exceptionOf = ({ exception, errorcode, message }: MoodleException): object => ({
  exception,
  ...(errorcode !== undefined && { errorcode }),
  message,
});

const send = (response: ServerResponse, value: unknown): void => {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
};
