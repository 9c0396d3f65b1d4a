import { Injectable } from '@nestjs/common';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { raw, type Request, type Response } from 'express';
import { Environment } from '../config/environment';
import { Problem } from './problem';

/** So many bodies of callers who have proved nothing yet are in memory at once; others wait for their turn. */
const STRANGERS_AT_ONCE = 16;
const STRANGERS_WAITING = 500;

/** Reads bodies, raw: within a size after decompression, and within a time. */
@Injectable()
export class BodyReader {
  private readonly raw: ReturnType<typeof raw>;
  private readonly strangers = bulkhead(STRANGERS_AT_ONCE, STRANGERS_WAITING);

  constructor(private readonly environment: Environment) {
    this.raw = raw({ type: () => true, limit: environment.MAX_BODY_BYTES });
  }

  /** Leaves the bytes in `request.body`; does nothing the second time. @throws Problem, or what Express throws */
  async read(request: Request, response: Response): Promise<void> {
    if (Buffer.isBuffer(request.body)) return;
    const { BODY_TIMEOUT_SECONDS: seconds } = this.environment;
    let timer: NodeJS.Timeout | undefined;
    const tooSlow = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // The rest of the body is not waited for: the connection ends with the answer.
        response.setHeader('Connection', 'close');
        reject(new Problem('BODY_TOO_SLOW', `The body did not arrive within ${seconds} seconds`));
      }, seconds * 1_000);
    });
    const read = new Promise<void>((resolve, reject) => {
      this.raw(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
    });
    try {
      await Promise.race([read, tooSlow]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The same for whoever has still to prove who it is, which takes the body: only so many at once. */
  async readStrangers(request: Request, response: Response): Promise<void> {
    try {
      await this.strangers.execute(() => this.read(request, response));
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new Problem('TOO_MANY_AT_ONCE', 'Too many signed requests are being read at once');
    }
  }
}
