import { Injectable } from '@nestjs/common';
import { Environment } from '../../config/environment';
import type { EntityDefinition } from '../fields';
import type { SyncCall } from '../sync-call';
import { EnvelopeError } from './envelope-error';
import { readBody } from './read-body';
import { type Envelope, readEnvelope } from './read-envelope';

/** Takes a request's body apart into raw records, within the limits. */
@Injectable()
export class EnvelopeReader {
  constructor(private readonly environment: Environment) {}

  /**
   * @param modules the Zoho modules of all entities, to tell a body that was sent to the wrong route
   * @throws EnvelopeError when the body as a whole cannot be processed
   */
  read({ body, contentType }: SyncCall, definition: EntityDefinition, modules: ReadonlySet<string>): Envelope {
    const envelope = readEnvelope(readBody(body, contentType), definition, modules);
    const most = this.environment.MAX_BATCH_RECORDS;
    const { length } = envelope.records;
    if (length <= most) return envelope;
    throw new EnvelopeError('TOO_MANY_RECORDS', `The body has ${length} records; at most ${most} are taken at once`);
  }
}
