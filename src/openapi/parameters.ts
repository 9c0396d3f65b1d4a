import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiQuery } from '@nestjs/swagger';
import { ACTS } from '../audit/audit-log';
import { EXAMPLE_KEY_ID } from './admin-schemas';
import type { EntityDefinition } from '../sync/fields';
import { DEFERRED_STATE } from './deferred-schemas';
import { exampleId } from './example-values';
import { ZOHO_ID } from './field-kinds';
import { EXAMPLE_RUN_ID } from './record-examples';
import { referencesOf } from './referenced-entity';
import { refTo, type Schema } from './schema';

interface Parameter {
  readonly in: 'header' | 'query' | 'path';
  readonly name: string;
  readonly description: string;
  readonly schema: Schema;
  /** only where Swagger UI may well fill it in beforehand */
  readonly example?: string;
  /** a list, separated by commas */
  readonly style?: 'form';
  readonly explode?: false;
}

const TENANT: Parameter = {
  in: 'header',
  name: 'X-Tenant-ID',
  description: 'Whose records; absent: the tenant of the key, else `DEFAULT_TENANT_ID`.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' },
  example: 'default',
};
const TENANT_IN_PATH: Parameter = {
  in: 'path',
  name: 'tenant_id',
  description: 'The tenant that it is about.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' },
  example: 'your-college',
};
const PROFILE_VERSION: Parameter = {
  in: 'query',
  name: 'version',
  description: 'Absent: the newest.',
  schema: { type: 'integer', minimum: 1, maximum: 1_000_000_000 },
};
const REQUEST_ID: Parameter = {
  in: 'header',
  name: 'X-Request-Id',
  description: 'Taken over into the answer and the log when it is 1 to 128 sane characters; else there is a new one.',
  schema: { type: 'string' },
};
const IDEMPOTENCY_KEY: Parameter = {
  in: 'header',
  name: 'Idempotency-Key',
  description:
    'Names the request within tenant and route, so that a repeat gets the first answer again; absent: the MD5 of the ' +
    'body does. `X-Idempotency-Key` is read too.',
  schema: { type: 'string', pattern: '^[\\x20-\\x7e]{1,255}$' },
};
const DRY_RUN: Parameter = {
  in: 'query',
  name: 'dryRun',
  description: 'Answer what would happen, and write nothing.',
  schema: { type: 'boolean', default: false },
};
const idOf = (entity: string): Parameter => ({
  in: 'path',
  name: 'zoho_id',
  description: 'The id of the record in Zoho CRM.',
  schema: ZOHO_ID,
  example: exampleId(entity),
});
const RUN_ID: Parameter = {
  in: 'path',
  name: 'run_id',
  description: 'As it is in the report.',
  schema: { type: 'string', format: 'uuid' },
  example: EXAMPLE_RUN_ID,
};
const IMPORT_ID: Parameter = { ...RUN_ID, name: 'import_id' };
const IMPORT_KEY: Parameter = {
  in: 'header',
  name: 'Idempotency-Key',
  description:
    'Names the import, so that it is found again when it was not finished; absent: how the body begins does. ' +
    '`X-Idempotency-Key` is read too.',
  schema: { type: 'string', pattern: '^[\\x20-\\x7e]{1,255}$' },
};
const IMPORT: readonly Parameter[] = [
  {
    in: 'query',
    name: 'full',
    description: 'The body has all records that there are: the answer tells which of the stored ones it lacks.',
    schema: { type: 'boolean', default: false },
  },
  {
    in: 'query',
    name: 'deleteMissing',
    description: 'Delete those, provided that they are so many at most.',
    schema: { type: 'integer', minimum: 0, maximum: 999_999_999 },
  },
  {
    in: 'query',
    name: 'restart',
    description: 'Begin anew, though there is an unfinished import of the same key.',
    schema: { type: 'boolean', default: false },
  },
];
const ROUTE_NAME: Schema = { type: 'string', pattern: '^[a-z_]{1,64}$' };
const ENTITY: Parameter = {
  in: 'query',
  name: 'entity',
  description: 'Of this entity alone, named as in the routes.',
  schema: ROUTE_NAME,
};
const ENTITY_IN_PATH: Parameter = {
  in: 'path',
  name: 'entity',
  description: 'The entity, named as in the routes.',
  schema: ROUTE_NAME,
  example: 'students',
};
const STATE: Parameter = { in: 'query', name: 'state', description: 'In this state alone.', schema: DEFERRED_STATE };
const PUSH_ID: Parameter = {
  in: 'path',
  name: 'push_id',
  description: 'As it is in the list.',
  schema: { type: 'string', format: 'uuid' },
  example: EXAMPLE_RUN_ID,
};
const HOLD_ID: Parameter = { ...PUSH_ID, name: 'hold_id' };
const HOLD_STATE: Parameter = {
  in: 'query',
  name: 'state',
  description: 'In this state alone.',
  schema: refTo('HoldState'),
};
const KEY_ID: Parameter = {
  in: 'path',
  name: 'key_id',
  description: 'As it is in the list: the part of the key between its underscores.',
  schema: { type: 'string', pattern: '^[0-9a-f]{12}$' },
  example: EXAMPLE_KEY_ID,
};
const SLOT: Parameter = {
  in: 'path',
  name: 'slot',
  description: 'Which of the two.',
  schema: { type: 'string', enum: ['1', '2'] },
  example: '1',
};
const AUDIT: readonly Parameter[] = [
  { in: 'query', name: 'act', description: 'Acts of this kind alone.', schema: { type: 'string', enum: [...ACTS] } },
  {
    in: 'query',
    name: 'service',
    description: 'What concerns the service as a whole, rather than the tenant; with a key of all tenants.',
    schema: { type: 'boolean', default: false },
  },
];
const PUSH_FILTER: readonly Parameter[] = [
  ENTITY,
  { in: 'query', name: 'state', description: 'In this state alone.', schema: refTo('PushState') },
  {
    in: 'query',
    name: 'reason',
    description: 'For this reason alone, such as `conflict`.',
    schema: { type: 'string', pattern: '^[\\w/-]{1,80}$' },
  },
];
const CURSOR: readonly Parameter[] = [
  {
    in: 'query',
    name: 'limit',
    description: 'Items on a page.',
    schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
  },
  {
    in: 'query',
    name: 'cursor',
    description: 'The `next_cursor` of the page before.',
    schema: { type: 'string', maxLength: 200 },
  },
];
const ERASE: Parameter = {
  in: 'query',
  name: 'erase',
  description: 'Remove for good, rather than leave a tombstone.',
  schema: { type: 'boolean', default: false },
};
const PAGE: readonly Parameter[] = [
  ...CURSOR,
  {
    in: 'query',
    name: 'deleted',
    description: 'Tombstones of deleted records too.',
    schema: { type: 'boolean', default: false },
  },
  {
    in: 'query',
    name: 'status',
    description: 'Rows with this status, upper and lower case being the same.',
    schema: { type: 'string', maxLength: 512 },
  },
  {
    in: 'query',
    name: 'updated_since',
    description: 'Rows changed at this instant or later, such as `2026-02-14T00:00:00Z`.',
    schema: { type: 'string', format: 'date-time' },
  },
];

/** Where there is nothing to expand, there is no such parameter. */
function expandOf(definition: EntityDefinition): Parameter[] {
  const names = referencesOf(definition).map(([name]) => name);
  if (names.length === 0) return [];
  return [
    {
      in: 'query',
      name: 'expand',
      description: 'References, separated by commas, whose records are answered with the row under `expanded`.',
      schema: { type: 'array', items: { type: 'string', enum: names }, minItems: 1, maxItems: 20 },
      style: 'form',
      explode: false,
    },
  ];
}

const decorate = ({ in: place, example, ...rest }: Parameter): MethodDecorator => {
  const parameter = {
    ...rest,
    required: place === 'path',
    ...(example !== undefined && { examples: { given: { value: example } } }),
  };
  if (place === 'path') return ApiParam(parameter);
  return place === 'query' ? ApiQuery(parameter) : ApiHeader(parameter);
};

const parameters = (...list: readonly Parameter[]): MethodDecorator => applyDecorators(...list.map(decorate));

export const SyncParameters = (): MethodDecorator => parameters(TENANT, IDEMPOTENCY_KEY, REQUEST_ID, DRY_RUN);
export const ListParameters = (definition: EntityDefinition): MethodDecorator =>
  parameters(TENANT, REQUEST_ID, ...PAGE, ...expandOf(definition));
export const ReadParameters = (definition: EntityDefinition): MethodDecorator =>
  parameters(idOf(definition.name), TENANT, REQUEST_ID, ...expandOf(definition));
export const HistoryParameters = ({ name }: EntityDefinition): MethodDecorator =>
  parameters(idOf(name), TENANT, REQUEST_ID, ...CURSOR);
export const RemoveParameters = ({ name }: EntityDefinition): MethodDecorator =>
  parameters(idOf(name), TENANT, REQUEST_ID, ERASE, DRY_RUN);
export const RunsParameters = (): MethodDecorator => parameters(TENANT, REQUEST_ID, ...CURSOR, ENTITY);
export const RunParameters = (): MethodDecorator => parameters(RUN_ID, TENANT, REQUEST_ID);
export const ImportParameters = (): MethodDecorator =>
  parameters(ENTITY_IN_PATH, TENANT, IMPORT_KEY, REQUEST_ID, DRY_RUN, ...IMPORT);
export const ImportsParameters = (): MethodDecorator => parameters(TENANT, REQUEST_ID, ...CURSOR);
export const ImportReadParameters = (): MethodDecorator => parameters(IMPORT_ID, TENANT, REQUEST_ID);
export const RejectedParameters = (): MethodDecorator => parameters(IMPORT_ID, TENANT, REQUEST_ID, ...CURSOR);
export const DeferredParameters = (): MethodDecorator => parameters(TENANT, REQUEST_ID, ...CURSOR, ENTITY, STATE);
export const DeferredRecordParameters = (): MethodDecorator =>
  parameters(ENTITY_IN_PATH, idOf('student'), TENANT, REQUEST_ID);
export const HoldsParameters = (): MethodDecorator => parameters(TENANT, REQUEST_ID, ...CURSOR, HOLD_STATE);
export const HoldParameters = (): MethodDecorator => parameters(HOLD_ID, TENANT, REQUEST_ID);
export const SingleParameters = (): MethodDecorator => parameters(TENANT, REQUEST_ID);
export const PushesParameters = (): MethodDecorator => parameters(TENANT, REQUEST_ID, ...CURSOR, ...PUSH_FILTER);
export const PushFilterParameters = (): MethodDecorator => parameters(TENANT, REQUEST_ID, ...PUSH_FILTER);
export const PushParameters = (): MethodDecorator => parameters(PUSH_ID, TENANT, REQUEST_ID);
export const TenantParameters = (): MethodDecorator => parameters(TENANT_IN_PATH, REQUEST_ID);
export const ProfileParameters = (): MethodDecorator => parameters(TENANT_IN_PATH, REQUEST_ID, PROFILE_VERSION);
export const TenantsParameters = (): MethodDecorator => parameters(REQUEST_ID, ...CURSOR);
export const ServiceParameters = (): MethodDecorator => parameters(REQUEST_ID);
export const KeyParameters = (): MethodDecorator => parameters(KEY_ID, REQUEST_ID);
export const SlotParameters = (): MethodDecorator => parameters(TENANT_IN_PATH, SLOT, REQUEST_ID);
export const AuditParameters = (): MethodDecorator => parameters(TENANT, REQUEST_ID, ...CURSOR, ...AUDIT);
export const HealthParameters = (): MethodDecorator => parameters(REQUEST_ID);
