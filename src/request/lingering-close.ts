import { Socket } from 'node:net';
import type { NextFunction, Request, Response } from 'express';

/** So long the rest of a body is read, and thrown away, before its connection ends. */
const LINGER_MS = 5_000;

/**
 * A request may be answered before its body has arrived: it is refused, or too slow. Where the connection is to end
 * with the answer, Node ends it at once; the system then resets it for what nobody has read, and many clients and
 * proxies that are sending still never see the answer. So the rest is read first, for a while.
 */
export function lingerAtClose(request: Request, _response: Response, next: NextFunction): void {
  const { socket } = request;
  // What Node calls once the last answer of a connection is written.
  socket.destroySoon = () => {
    if (request.complete) Socket.prototype.destroySoon.call(socket);
    else readRest(request);
  };
  next();
}

function readRest(request: Request): void {
  const { socket } = request;
  socket.end();
  const end = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(end));
  // Whoever has read of it keeps no more of it. It flows as long as somebody listens.
  request.removeAllListeners('data').removeAllListeners('readable').on('data', discard);
  request.once('end', () => Socket.prototype.destroySoon.call(socket)).resume();
}

const discard = (): void => undefined;
