import { STATUSES } from '../sync/outcome';
import type { RunKind } from '../sync/run';
import { ZOHO_ID } from './field-kinds';
import { ISSUES, MISSING } from './issue-schemas';
import { INSTANT, objectOf, orNull, pageOf, refTo, type Schemas } from './schema';

/** A new kind of run is missing here until it is described. */
const KINDS: Readonly<Record<RunKind, string>> = {
  sync: 'a request with records',
  import: 'a portion of an import',
  delete: 'a request to delete one, or what a full import lacks',
  retry: 'a request to apply what waits',
  sweep: "the service's own look at what waits",
};

const TEXT = { type: 'string' } as const;
const TEXT_OR_NULL = orNull(TEXT);

const RUN: Schemas = {
  run_id: { ...TEXT, format: 'uuid' },
  kind: {
    ...TEXT,
    enum: Object.keys(KINDS),
    description: `What set it off. ${Object.entries(KINDS)
      .map(([kind, meaning]) => `\`${kind}\`: ${meaning}`)
      .join('; ')}.`,
  },
  entity: { ...TEXT_OR_NULL, description: 'As in the routes; null for work on what waits, whatever it is.' },
  received_at: INSTANT,
  request_id: { ...TEXT_OR_NULL, description: 'The `X-Request-Id` of the request.' },
  idempotency_key: TEXT_OR_NULL,
  source: { ...TEXT_OR_NULL, description: 'What the body said of where it came from.' },
  import_id: { ...TEXT_OR_NULL, format: 'uuid', description: 'The import that it is a portion of.' },
  summary: refTo('Summary'),
  released: {
    type: 'integer',
    minimum: 0,
    description: 'How many records that had waited were applied because of it.',
  },
};

export const RUN_SCHEMAS: Schemas = {
  Run: { description: 'A request, or work that the service did by itself.', ...objectOf(RUN) },
  RunsPage: pageOf('Run', 'A page of runs, the newest first.'),
  RunResult: {
    description: 'What became of one record. What has changed about it stands in its history.',
    ...objectOf(
      {
        zoho_id: orNull(ZOHO_ID),
        status: { ...TEXT, enum: STATUSES.filter((status) => status !== 'UNCHANGED') },
        message: TEXT,
        errors: ISSUES,
        missing: MISSING,
        record: {
          type: 'integer',
          minimum: 1,
          description: 'Of an import: which record of the file it was.',
        },
        deferred: { type: 'boolean', description: 'Of an import: whether it is kept, to be applied by itself.' },
      },
      ['errors', 'missing', 'record', 'deferred'],
    ),
  },
  RunDetails: {
    description: 'A run with what became of each record, in the order in which they came.',
    ...objectOf({
      ...RUN,
      results: {
        type: 'array',
        items: refTo('RunResult'),
        description:
          'Without the records that were UNCHANGED, of an import without all that were applied, and without those that were erased since.',
      },
    }),
  },
};
