import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiParam, ApiQuery } from '@nestjs/swagger';
import { ZOHO_ID } from './field-kinds';
import { EXAMPLE_ID } from './record-examples';
import type { Schema } from './schema';

interface Parameter {
  readonly in: 'header' | 'query' | 'path';
  readonly name: string;
  readonly description: string;
  readonly schema: Schema;
  /** only where Swagger UI may well fill it in beforehand */
  readonly example?: string;
}

const TENANT: Parameter = {
  in: 'header',
  name: 'X-Tenant-ID',
  description: 'Whose records; absent: `DEFAULT_TENANT_ID`.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' },
  example: 'default',
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
const ZOHO_ID_IN_PATH: Parameter = {
  in: 'path',
  name: 'zoho_id',
  description: 'The id of the record in Zoho CRM.',
  schema: ZOHO_ID,
  example: EXAMPLE_ID,
};
const PAGE: readonly Parameter[] = [
  {
    in: 'query',
    name: 'limit',
    description: 'Rows on a page.',
    schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
  },
  {
    in: 'query',
    name: 'cursor',
    description: 'The `next_cursor` of the page before.',
    schema: { type: 'string', maxLength: 200 },
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
export const ListParameters = (): MethodDecorator => parameters(TENANT, REQUEST_ID, ...PAGE);
export const ReadParameters = (): MethodDecorator => parameters(ZOHO_ID_IN_PATH, TENANT, REQUEST_ID);
export const HealthParameters = (): MethodDecorator => parameters(REQUEST_ID);
