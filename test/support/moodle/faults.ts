import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { MoodleException, moodleException } from './exceptions';
import type { Gate } from './gate';
import { htmlReply, jsonReply, type Reply } from './reply';

/** A call on its way, as a fault can treat it. */
export interface Exchange {
  /** Does what the call asks for. */
  readonly work: () => Promise<Reply>;
  readonly answer: (reply: Reply) => void;
  readonly response: ServerResponse;
  /** When the client has closed the connection, or got its answer. */
  readonly clientLeft: Promise<unknown>;
  /** Cuts the connection with a reset. */
  readonly reset: () => void;
}

export type Fault = (exchange: Exchange) => Promise<void> | void;

/** Nothing is done. */
export const answersStatus =
  (
    status: 400 | 403 | 404 | 408 | 413 | 429 | 500 | 501 | 502 | 503 | 504,
    headers: Readonly<Record<string, string>> = {},
  ): Fault =>
  ({ answer }) =>
    answer(htmlReply(status, `Error ${status}`, headers));

/** 429 with Retry-After: seconds, or a date as HTTP writes it. */
export const tooManyRequests = (retryAfter: number | string): Fault =>
  answersStatus(429, { 'retry-after': String(retryAfter) });

/** Status 200 with an exception. */
export const answersException =
  (errorcode: string, message?: string, exception?: string): Fault =>
  ({ answer }) => {
    const plain = moodleException(errorcode, message);
    answer(
      jsonReply((exception === undefined ? plain : new MoodleException(exception, errorcode, plain.message)).body),
    );
  };

/** Status 200 with JSON of the test's choice. */
export const answersJson =
  (value: unknown): Fault =>
  ({ answer }) =>
    answer(jsonReply(value));

/** Status 200 with a page instead of JSON. */
export const answersHtml =
  (title = 'Database connection failed'): Fault =>
  ({ answer }) =>
    answer(htmlReply(200, title));

/** Status 200 with JSON that does not end. */
export const answersHalf =
  (): Fault =>
  async ({ work, answer }) => {
    const { body, ...rest } = await work();
    answer({ ...rest, body: body.slice(0, Math.floor(body.length / 2)) });
  };

export const redirects =
  (location: string, status = 302): Fault =>
  ({ answer }) =>
    answer({ status, headers: { location }, body: '' });

const MEGABYTE = 1_048_576;

/** A list of JSON that is as large as that, and nothing is done. */
export const answersHugeBody =
  (bytes = 50 * MEGABYTE): Fault =>
  async ({ response, clientLeft }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('["');
    const chunk = 'x'.repeat(MEGABYTE);
    for (let sent = 0; sent < bytes && !response.destroyed; sent += MEGABYTE)
      if (!response.write(chunk)) await Promise.race([once(response, 'drain'), clientLeft]);
    response.end('"]');
  };

/** Neither work nor answer. The test lets go of it, or the client gives up; then the connection is cut. */
export const hangs =
  (until?: Gate): Fault =>
  async ({ clientLeft, reset }) => {
    await Promise.race([clientLeft, ...(until === undefined ? [] : [until.opened])]);
    reset();
  };

/** The work waits for the test, which meanwhile knows where the call is. */
export const worksAfter =
  (gate: Gate): Fault =>
  async ({ work, answer }) => {
    await gate.opened;
    answer(await work());
  };

/** The work is done at once; only the answer waits. */
export const answersAfter =
  (gate: Gate): Fault =>
  async ({ work, answer }) => {
    const reply = await work();
    await gate.opened;
    answer(reply);
  };

/** Done, and nobody is told. */
export const resetsAfterWork =
  (): Fault =>
  async ({ work, reset }) => {
    await work();
    reset();
  };

export const resetsBeforeWork =
  (): Fault =>
  ({ reset }) =>
    reset();

/** PHP goes on when the client has given up. */
export const worksAfterClientLeft =
  (): Fault =>
  async ({ work, clientLeft }) => {
    await clientLeft;
    await work();
  };
