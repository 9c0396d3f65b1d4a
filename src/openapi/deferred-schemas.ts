import { DEFERRED_STATES } from '../sync/deferral/deferred-record.entity';
import { ZOHO_ID } from './field-kinds';
import { INSTANT, objectOf, orNull, pageOf, refOrNull, refTo, type Schema, type Schemas } from './schema';

const RUN_ID = { type: 'string', format: 'uuid' } as const;

export const DEFERRED_STATE: Schema = {
  type: 'string',
  enum: [...DEFERRED_STATES],
  description:
    '`waiting` for other records; `failed` to be stored, and tried again; `expired` after waiting too long; ' +
    '`rejected` when what it waited for had come and it was INVALID nevertheless.',
};

const DEFERRED_RECORD: Schemas = {
  entity: { type: 'string', description: 'As in the routes.' },
  zoho_id: ZOHO_ID,
  state: DEFERRED_STATE,
  missing: { type: 'array', items: refTo('MissingRecord'), description: 'What it waits for.' },
  errors: { type: 'array', items: refTo('RecordIssue'), description: 'What is wrong with a rejected record.' },
  version: { ...orNull(INSTANT), description: 'The newest `Modified_Time` among the records that are merged here.' },
  run_id: { ...RUN_ID, description: 'The run that brought the newest of them.' },
  since: { ...INSTANT, description: 'When the first of them came.' },
  updated_at: INSTANT,
  attempts: { type: 'integer', minimum: 0, description: 'Of a failed record, how often it was tried again.' },
  next_try_at: { ...orNull(INSTANT), description: 'Of a failed record, when it is tried next.' },
};

export const DEFERRED_SCHEMAS: Schemas = {
  DeferredRecord: {
    description: 'What came under one id and is not stored yet, merged into one.',
    ...objectOf(DEFERRED_RECORD),
  },
  DeferredPage: pageOf('DeferredRecord', 'A page of what waits, in the order of entity and id.'),
  Retried: {
    description: 'What came of trying.',
    ...objectOf({
      run_id: RUN_ID,
      released: {
        type: 'integer',
        minimum: 0,
        description: 'How many records were applied: this one, and those that waited for it.',
      },
      deferred: {
        ...refOrNull('DeferredRecord'),
        description: 'What waits under the id still; null when nothing does.',
      },
    }),
  },
};
