import { Injectable } from '@nestjs/common';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { raw, type Request, type Response } from 'express';
import { Environment } from '../config/environment';
import { Problem } from './problem';

/** What administrators send is small; what is read of it is checked in one go. */
const ADMIN_BYTES = 1_024 * 1_024;
const OF_ADMINISTRATION = /^\/v1\/admin\//;

/**
 * Bodies of callers who have proved nothing yet, in memory at once: many that say to be small, as webhooks are, and few
 * others, so that neither can keep the other out. More wait for their turn.
 */
const SMALL_BYTES = 256 * 1_024;
const SMALL_AT_ONCE = 512;
const LARGE_AT_ONCE = 16;
const WAITING = 500;
/** So much longer a stranger's body may not take. */
const STRANGERS_SECONDS = 10;

/** Reads bodies, raw: within a size after decompression, and within a time. */
@Injectable()
export class BodyReader {
  private readonly raw: ReturnType<typeof raw>;
  private readonly small = bulkhead(SMALL_AT_ONCE, WAITING);
  private readonly large = bulkhead(LARGE_AT_ONCE, WAITING);
  private readonly rawOfAdministration: ReturnType<typeof raw>;

  constructor(private readonly environment: Environment) {
    const { MAX_BODY_BYTES: limit } = environment;
    this.raw = raw({ type: () => true, limit });
    this.rawOfAdministration = raw({ type: () => true, limit: Math.min(limit, ADMIN_BYTES) });
  }

  /** Leaves the bytes in `request.body`; does nothing the second time. @throws Problem, or what Express throws */
  async read(request: Request, response: Response, seconds = this.environment.BODY_TIMEOUT_SECONDS): Promise<void> {
    if (Buffer.isBuffer(request.body)) return;
    const reader = OF_ADMINISTRATION.test(request.path) ? this.rawOfAdministration : this.raw;
    let timer: NodeJS.Timeout | undefined;
    const tooSlow = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // The rest of the body is not waited for: the connection ends with the answer.
        response.setHeader('Connection', 'close');
        reject(new Problem('BODY_TOO_SLOW', `The body did not arrive within ${seconds} seconds`));
      }, seconds * 1_000);
    });
    const read = new Promise<void>((resolve, reject) => {
      reader(request, response, (error?: unknown) => (error ? reject(error) : resolve()));
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
      const seconds = Math.min(STRANGERS_SECONDS, this.environment.BODY_TIMEOUT_SECONDS);
      const isSmall = Number(request.get('content-length') ?? Infinity) <= SMALL_BYTES;
      // What is packed may be large when it is unpacked.
      const turns = isSmall && request.get('content-encoding') === undefined ? this.small : this.large;
      await turns.execute(() => this.read(request, response, seconds));
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new Problem('TOO_MANY_AT_ONCE', 'Too many signed requests are being read at once');
    }
  }
}
