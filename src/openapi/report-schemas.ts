import type { EntityDefinition } from '../sync/fields';
import { type Status, STATUSES } from '../sync/outcome';
import { componentNames } from './component-names';
import { changeSchema, FIELD_KINDS, ZOHO_ID } from './field-kinds';
import { objectOf, orNull, refTo, type Schema, type Schemas } from './schema';

const TEXT = { type: 'string' } as const;
const ISSUES: Schema = { type: 'array', items: refTo('RecordIssue'), minItems: 1 };
const COUNT: Schema = { type: 'integer', minimum: 0 };

/** What all reports share. */
export const SHARED_REPORT_SCHEMAS: Schemas = {
  Summary: {
    description: 'How many records had each outcome.',
    ...objectOf({ total: COUNT, ...Object.fromEntries(STATUSES.map((status) => [status, COUNT])) }),
  },
  RecordIssue: {
    description: 'A fault in one field of one record.',
    ...objectOf(
      {
        field: { ...TEXT, description: 'The canonical name, as in the row; `record` for the record as a whole.' },
        code: {
          ...TEXT,
          description: 'Stable: MANDATORY_NOT_FOUND, INVALID_DATA, DUPLICATE_DATA, MERGE_TAG_NOT_FILLED and so on.',
        },
        message: TEXT,
        value: { ...TEXT, description: 'The rejected value, shortened.' },
      },
      ['value'],
    ),
  },
};

/** What a result has beside id, status and message. */
interface ResultKind {
  readonly description: string;
  readonly errors?: true;
  readonly changes?: true;
  /** a record that cannot be stored may lack a usable id */
  readonly idMayBeNull?: true;
}

/** Null: kept in the summary, and not yet answered. A new status is missing here until it is described. */
const RESULT_KINDS: Readonly<Record<Status, ResultKind | null>> = {
  NEW: { description: 'Stored for the first time.' },
  UPDATED: { description: 'Stored; `changes` gives each changed field.', changes: true },
  UNCHANGED: { description: 'The same content as is stored.' },
  INVALID: {
    description: 'Not stored: a required field is missing from the merged record, or a value cannot be used.',
    errors: true,
    idMayBeNull: true,
  },
  SKIPPED: null,
  STALE: { description: 'Not applied: its `Modified_Time` is older than the stored one.' },
  DELETED: null,
  ERROR: { description: 'Not stored, and the fault is ours: tell us the request id.', errors: true },
};

const ANSWERED = Object.entries(RESULT_KINDS).filter((entry): entry is [Status, ResultKind] => entry[1] !== null);

/** The report of a sync request, with its results as a union that `status` tells apart. */
export function reportSchemas(definition: EntityDefinition): Schemas {
  const names = componentNames(definition);
  const types = new Set(Object.values(definition.fields).map(({ type }) => type));
  return {
    ...Object.assign({}, ...[...types].map(changeSchema)),
    [names.changes]: changesSchema(definition),
    ...Object.fromEntries(ANSWERED.map(([status, kind]) => [names.resultOf(status), result(definition, status, kind)])),
    [names.result]: {
      description: `What became of one ${definition.name}.`,
      oneOf: ANSWERED.map(([status]) => refTo(names.resultOf(status))),
      discriminator: {
        propertyName: 'status',
        mapping: Object.fromEntries(ANSWERED.map(([status]) => [status, refTo(names.resultOf(status)).$ref])),
      },
    },
    [names.report]: report(names.result),
  };
}

function changesSchema({ fields }: EntityDefinition): Schema {
  const changes = Object.entries(fields).map(([name, { type }]) => [name, refTo(FIELD_KINDS[type].change)]);
  return {
    description: 'Before and after of each field that changed.',
    type: 'object',
    properties: Object.fromEntries(changes) as Schemas,
    additionalProperties: false,
    minProperties: 1,
  };
}

function result(definition: EntityDefinition, status: Status, kind: ResultKind): Schema {
  const properties: Schemas = {
    [`zoho_${definition.name}_id`]: kind.idMayBeNull ? orNull(ZOHO_ID) : ZOHO_ID,
    status: { type: 'string', const: status },
    message: TEXT,
    ...(kind.changes && { changes: refTo(componentNames(definition).changes) }),
    ...(kind.errors && { errors: ISSUES }),
    warnings: ISSUES,
  };
  return { description: kind.description, ...objectOf(properties, ['warnings']) };
}

function report(resultName: string): Schema {
  return {
    description: 'N results for N records, in the order in which the records came.',
    ...objectOf(
      {
        status: { type: 'string', const: 'success' },
        tenant_id: TEXT,
        idempotency_key: { ...TEXT, description: "The caller's own key, else the MD5 of the body." },
        run_id: { type: 'string', format: 'uuid' },
        dry_run: { type: 'boolean', const: true, description: 'Nothing was written.' },
        summary: refTo('Summary'),
        results: { type: 'array', items: refTo(resultName) },
      },
      ['dry_run'],
    ),
  };
}
