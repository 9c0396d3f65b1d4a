import type { IncomingMessage, Server } from 'node:http';
import type { NextFunction, Request, Response } from 'express';

/** So long a request may take to arrive, as Node has it too; headers alone have a minute. */
const LONGEST_MS = 300_000;
const HEADERS_MS = 60_000;

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/** Node's own deadline is the same for every request; ours can be lifted from one that may take as long as it takes. */
export function ownDeadlines(server: Server): void {
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = 0;
}

/** Ends the connection of a request that has not arrived in time, whether anybody reads it or not. */
export function limitArrival(request: Request, _response: Response, next: NextFunction): void {
  const deadline = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, LONGEST_MS);
  deadline.unref();
  deadlines.set(request, deadline);
  request.once('close', () => clearTimeout(deadline));
  next();
}

/** For a route that looks after the time itself, and has let its caller in. */
export const liftDeadline = (request: IncomingMessage): void => clearTimeout(deadlines.get(request));
