import { applyDecorators, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiOperation, type RequestBodyObject } from '@nestjs/swagger';
import type { Profile } from '../sync/profile/profile';
import { NeedsScope } from '../access/access.decorator';
import { answer } from './answer';
import { ProfileParameters, TenantParameters } from './parameters';
import { problemsOf } from './problem-responses';
import { EXAMPLE_INSTANT } from './record-examples';
import { refTo } from './schema';

const PROFILE: Profile = {
  dates: { formats: ['dd/MM/yyyy', 'dd-MMM-yyyy HH:mm:ss'], zone: 'Europe/Istanbul' },
  decimalComma: false,
  waiting: true,
  entities: {
    students: {
      fields: { phone: { aliases: ['Mobile', 'Phone'] } },
      custom: { intake: ['Intake'] },
      dependencies: { program: 'require' },
      statuses: { suspended: ['On leave'] },
    },
  },
};
const STORED = { tenant_id: 'your-college', version: 1, profile: PROFILE, created_at: EXAMPLE_INSTANT };
const NONE = { tenant_id: 'your-college', version: 0, profile: {}, created_at: null };
const TRIAL = { entity: 'students', payload: { data: [{ id: '1', Mobile: '+90 555 010 0001', Owner: {} }] } };
const TRIED = {
  zoho_id: '1',
  operation: 'write',
  version: null,
  fields: [{ field: 'phone', alias: 'Mobile', value: '+90 555 010 0001' }],
  unread: ['Owner'],
  errors: [],
  warnings: [],
};

const json = (schema: string, value: unknown): RequestBodyObject => ({
  required: true,
  content: { 'application/json': { schema: refTo(schema), examples: { given: { value } } } },
});

/** `GET /v1/admin/tenants/{tenant_id}/profile`: the mapping that counts. */
export const ReadProfileEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsScope('admin'),
    ProfileParameters(),
    ApiOperation({
      operationId: 'readProfile',
      summary: 'Read a tenant’s mapping profile',
      responses: {
        200: answer('The newest version, or the one asked for', 'TenantProfile', {
          own: { value: STORED },
          none: { value: NONE },
        }),
        ...problemsOf('profile'),
      },
    }),
  );

/** `PUT /v1/admin/tenants/{tenant_id}/profile`: a new version. */
export const WriteProfileEndpoint = (): MethodDecorator =>
  applyDecorators(
    Put(),
    NeedsScope('admin'),
    TenantParameters(),
    ApiOperation({
      operationId: 'writeProfile',
      summary: 'Give a tenant a new version of its mapping profile',
      description: 'The whole profile: what is left out is as by default. No row changes by it.',
      requestBody: json('Profile', PROFILE),
      responses: {
        200: answer('The new version', 'TenantProfile', { stored: { value: STORED } }),
        ...problemsOf('profile'),
      },
    }),
  );

/** `POST /v1/admin/tenants/{tenant_id}/profile/test`: what the parser makes of a payload. */
export const TryProfileEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post('test'),
    HttpCode(200),
    NeedsScope('admin'),
    TenantParameters(),
    ApiOperation({
      operationId: 'tryProfile',
      summary: 'Show what a profile makes of a payload, and store nothing',
      requestBody: json('ProfileTrial', TRIAL),
      responses: {
        200: answer('What became of each record, field by field', 'TriedRecords', {
          tried: { value: { records: [TRIED] } },
        }),
        ...problemsOf('profile'),
      },
    }),
  );
