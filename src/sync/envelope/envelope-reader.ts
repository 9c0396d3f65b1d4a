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
    if (length > most)
      throw new EnvelopeError('TOO_MANY_RECORDS', `The body has ${length} records; at most ${most} are taken at once`);
    if (countRows(envelope.records) > MOST_ROWS)
      throw new EnvelopeError(
        'TOO_MANY_ROWS',
        `The body has more than ${MOST_ROWS} subform rows; send fewer records at once`,
      );
    return envelope;
  }
}

/** Rows are cheap to send and dear to keep: ten times as many, within 10 MiB, took 2 GB of memory and 19 s. */
const MOST_ROWS = 50_000;

const LIST = /^\s*\[/;

/** How many rows subforms of these records have; a list may be the text of a field. */
export function countRows(records: readonly unknown[]): number {
  let count = 0;
  for (const record of records) {
    if (typeof record !== 'object' || record === null) continue;
    for (const value of Object.values(record)) {
      if (Array.isArray(value)) count += value.length;
      else if (typeof value === 'string' && LIST.test(value)) count += value.split('{').length - 1;
    }
  }
  return count;
}
