import type { EntityDefinition } from '../sync/fields';
import { type Status, STATUSES } from '../sync/outcome';
import { reasonOf } from '../sync/reasons';
import { componentNames } from './component-names';
import { ZOHO_ID } from './field-kinds';
import { ISSUES, MISSING } from './issue-schemas';
import { referencesOf } from './referenced-entity';
import { objectOf, orNull, refTo, type Schema, type Schemas } from './schema';

const DEFERRED: Schema = {
  type: 'boolean',
  description: 'Whether the record is kept, and applied by itself as soon as it can be.',
};

/** What a result has beside id, status and message. */
interface ResultKind {
  readonly description: string;
  readonly properties?: (definition: EntityDefinition) => Schemas;
  /** a record that cannot be stored may lack a usable id */
  readonly idMayBeNull?: true;
}

/** A new status is missing here until it is described. */
const RESULT_KINDS: Readonly<Record<Status, ResultKind>> = {
  NEW: { description: 'Stored for the first time.' },
  UPDATED: {
    description: 'Stored; `changes` gives each changed field.',
    properties: (definition) => ({ changes: refTo(componentNames(definition).changes) }),
  },
  UNCHANGED: { description: 'The same content as is stored.' },
  INVALID: {
    description: 'Not stored: a required field is missing from the merged record, or a value cannot be used.',
    properties: () => ({ errors: ISSUES }),
    idMayBeNull: true,
  },
  SKIPPED: {
    description: 'Not stored yet: a record that it names must be stored first.',
    properties: (definition) => ({ reason: reasonSchema(definition), missing: MISSING, deferred: DEFERRED }),
  },
  STALE: { description: 'Not applied: its `Modified_Time` is older than the stored one.' },
  DELETED: { description: 'A tombstone now, or was one already.' },
  ERROR: {
    description: 'Not stored, and the fault is ours: tell us the request id.',
    properties: () => ({ errors: ISSUES, deferred: DEFERRED }),
  },
};

/** Which references a record waits for, a tenant may decide; without any reference there is nothing to wait for. */
const possibleStatuses = (definition: EntityDefinition): Status[] =>
  STATUSES.filter((status) => status !== 'SKIPPED' || referencesOf(definition).length > 0);

/** What became of a record, as a union that `status` tells apart. */
export function resultSchemas(definition: EntityDefinition): Schemas {
  const names = componentNames(definition);
  const statuses = possibleStatuses(definition);
  return {
    ...Object.fromEntries(statuses.map((status) => [names.resultOf(status), result(definition, status)])),
    [names.result]: {
      description: `What became of one ${definition.name}.`,
      oneOf: statuses.map((status) => refTo(names.resultOf(status))),
      discriminator: {
        propertyName: 'status',
        mapping: Object.fromEntries(statuses.map((status) => [status, refTo(names.resultOf(status)).$ref])),
      },
    },
  };
}

function reasonSchema(definition: EntityDefinition): Schema {
  const reasons = referencesOf(definition).flatMap(([field]) =>
    [false, true].map((isDeleted) => reasonOf({ field, entity: field, zohoId: '', isDeleted })),
  );
  return { type: 'string', enum: reasons, description: 'That of the first in `missing`.' };
}

function result(definition: EntityDefinition, status: Status): Schema {
  const { description, properties, idMayBeNull } = RESULT_KINDS[status];
  const all: Schemas = {
    [`zoho_${definition.name}_id`]: idMayBeNull ? orNull(ZOHO_ID) : ZOHO_ID,
    status: { type: 'string', const: status },
    message: { type: 'string' },
    ...properties?.(definition),
    warnings: ISSUES,
  };
  return { description, ...objectOf(all, ['warnings']) };
}
