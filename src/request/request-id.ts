import type { NextFunction, Request, Response } from 'express';
import { uuidv7 } from 'uuidv7';

/** What may stand in a log line and a header without harm. */
const SANE = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Names the request as its caller did, when that is sane, else anew; every answer carries it. Comes first of all. */
export function nameRequest(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && SANE.test(given) ? given : uuidv7();
  request.id = id;
  response.setHeader('X-Request-Id', id);
  next();
}

/** The id under which the log knows the request. */
export function requestIdOf({ id }: Request): string {
  if (typeof id !== 'string') throw new Error('The request has no name');
  return id;
}
