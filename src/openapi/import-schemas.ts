import { IMPORT_STATES } from '../import/import.entity';
import { ZOHO_ID } from './field-kinds';
import { ISSUES, MISSING } from './issue-schemas';
import { INSTANT, objectOf, orNull, pageOf, refOrNull, refTo, type Schema, type Schemas } from './schema';

const TEXT = { type: 'string' } as const;
const COUNT: Schema = { type: 'integer', minimum: 0 };
const UUID = { ...TEXT, format: 'uuid' } as const;
const ENTITY = { ...TEXT, description: 'As in the routes.' };

const MISSING_COUNTS: Schemas = {
  total: { ...COUNT, description: 'Stored records that the file lacks.' },
  deleted: COUNT,
  refusal: { ...orNull(TEXT), description: 'Why they were not deleted, though that was asked for.' },
};

/** So many rejected or missing records are in the report. */
const FIRST = 1_000;

export const IMPORT_SCHEMAS: Schemas = {
  ImportReport: {
    description: 'What an import has come to: N records in the file, N counted.',
    ...objectOf(
      {
        status: { ...TEXT, const: 'success' },
        tenant_id: TEXT,
        import_id: { ...orNull(UUID), description: 'null of a dry run, of which nothing is left.' },
        entity: ENTITY,
        dry_run: { type: 'boolean', const: true, description: 'Nothing was written.' },
        resumed: { type: 'boolean', description: 'Whether it went on with what an earlier request had begun.' },
        summary: refTo('Summary'),
        released: { ...COUNT, description: 'How many records that had waited were applied because of it.' },
        rejected: objectOf({
          total: COUNT,
          first: { type: 'array', items: refTo('RejectedRecord'), maxItems: FIRST },
        }),
        missing: {
          description: 'Of a full import.',
          ...objectOf({ ...MISSING_COUNTS, first: { type: 'array', items: ZOHO_ID, maxItems: FIRST } }),
        },
      },
      ['dry_run', 'missing'],
    ),
  },
  RejectedRecord: {
    description: 'A record of the file that was neither stored nor waits for others.',
    ...objectOf(
      {
        record: { type: 'integer', minimum: 1, description: 'Its place in the file.' },
        zoho_id: orNull(ZOHO_ID),
        status: { ...TEXT, enum: ['INVALID', 'SKIPPED', 'STALE', 'ERROR'] },
        message: TEXT,
        errors: ISSUES,
        missing: MISSING,
      },
      ['errors', 'missing'],
    ),
  },
  RejectedPage: pageOf('RejectedRecord', 'A page of rejected records, in the order of the file.'),
  MissingCounts: {
    description: 'What became of the stored records that a full file lacks.',
    ...objectOf(MISSING_COUNTS),
  },
  Import: {
    description: 'A file that was taken in, or is being taken in.',
    ...objectOf({
      import_id: UUID,
      entity: ENTITY,
      state: {
        ...TEXT,
        enum: [...IMPORT_STATES],
        description: '`running` until its end was reached: sent again, it is gone on with. `abandoned`: begun anew.',
      },
      full: { type: 'boolean', description: 'Whether the file has all records that there are.' },
      summary: refTo('Summary'),
      rejected: COUNT,
      released: { ...COUNT, description: 'How many records that had waited were applied; known when it is finished.' },
      missing: refOrNull('MissingCounts'),
      started_at: INSTANT,
      updated_at: INSTANT,
      finished_at: orNull(INSTANT),
    }),
  },
  ImportsPage: pageOf('Import', 'A page of imports, the newest first.'),
};
