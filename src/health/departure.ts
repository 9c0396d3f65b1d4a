import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

/**
 * The process is to end. It takes requests still, as balancers and callers are told one by one to go elsewhere: by its
 * readiness, and by answers that close their connections.
 */
@Injectable()
export class Departure {
  /** not answered yet */
  private readonly open = new Set<ServerResponse>();
  private isAnnounced = false;

  get hasBegun(): boolean {
    return this.isAnnounced;
  }

  begin(): void {
    this.isAnnounced = true;
    for (const response of this.open) closeWith(response);
  }

  /** Express's middleware; comes before all that may answer. */
  readonly watch = (_request: Request, response: Response, next: NextFunction): void => {
    if (this.isAnnounced) closeWith(response);
    else this.open.add(response.once('close', () => this.open.delete(response)));
    next();
  };
}

/** The next request on the connection could meet its end. */
function closeWith(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
