import { applyDecorators, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiOperation, type RequestBodyObject } from '@nestjs/swagger';
import { NeedsOperator, NeedsScope, NeedsScopeOfService } from '../access/access.decorator';
import { answer } from './answer';
import { ServiceParameters, SlotParameters, TenantParameters, TenantsParameters } from './parameters';
import { problemsOf, REQUEST_ID_HEADER } from './problem-responses';
import { EXAMPLE_INSTANT } from './record-examples';
import { refTo } from './schema';

const CHANGE = {
  authentication: 'key-and-signature',
  moodle: { base_url: 'https://moodle.college.example' },
  drop_policy: 'suspend',
};
const SUMMARY = {
  id: 'your-college',
  name: 'Your College',
  state: 'active',
  authentication: 'key-and-signature',
  limits: { requests_per_minute: 600, concurrent_requests: null },
  moodle: { base_url: 'https://moodle.college.example' },
  created_at: EXAMPLE_INSTANT,
  updated_at: EXAMPLE_INSTANT,
};
const TENANT = {
  ...SUMMARY,
  moodle: { ...SUMMARY.moodle, has_token: true },
  layout: 'program-course',
  drop_policy: 'suspend',
  profile_version: 1,
  webhook_secrets: [{ slot: 1, created_at: EXAMPLE_INSTANT }],
};
const NEW = { id: 'another-college', name: 'Another College', limits: { requests_per_minute: 600 } };

const json = (schema: string, value: object): RequestBodyObject => ({
  required: true,
  content: { 'application/json': { schema: refTo(schema), examples: { given: { value } } } },
});
const tenant = (description: string) => answer(description, 'Tenant', { tenant: { value: TENANT } });

/** `GET /v1/admin/tenants`: who is served. */
export const ListTenantsEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsScopeOfService('admin'),
    TenantsParameters(),
    ApiOperation({
      operationId: 'listTenants',
      summary: 'List tenants, a page at a time',
      description: 'With a key of one tenant, that one.',
      responses: {
        200: answer('A page of tenants', 'TenantsPage', { last: { value: { data: [SUMMARY], next_cursor: null } } }),
        ...problemsOf('admin'),
      },
    }),
  );

/** `POST /v1/admin/tenants`: one more. */
export const RegisterTenantEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post(),
    HttpCode(201),
    NeedsOperator('admin'),
    ServiceParameters(),
    ApiOperation({
      operationId: 'registerTenant',
      summary: 'Register a tenant',
      description: 'In production only registered tenants are served; elsewhere one comes to be with its first record.',
      requestBody: json('NewTenant', NEW),
      responses: { 201: tenant('The tenant'), ...problemsOf('admin') },
    }),
  );

/** `GET /v1/admin/tenants/{tenant_id}`: one of them. */
export const ReadTenantEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(':tenant_id'),
    NeedsScope('admin'),
    TenantParameters(),
    ApiOperation({
      operationId: 'readTenant',
      summary: 'Read one tenant, and what is set for it',
      responses: { 200: tenant('The tenant'), ...problemsOf('admin') },
    }),
  );

/** `PATCH /v1/admin/tenants/{tenant_id}`: what is set for it. */
export const ChangeTenantEndpoint = (): MethodDecorator =>
  applyDecorators(
    Patch(':tenant_id'),
    NeedsScope('admin'),
    TenantParameters(),
    ApiOperation({
      operationId: 'changeTenant',
      summary: 'Change what is set for a tenant',
      description: 'What is left out stays. State and limits need a key of all tenants.',
      requestBody: json('TenantChange', CHANGE),
      responses: { 200: tenant('The tenant'), ...problemsOf('admin') },
    }),
  );

/** `POST /v1/admin/tenants/{tenant_id}/webhook-secrets`: something to sign with. */
export const CreateWebhookSecretEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post(':tenant_id/webhook-secrets'),
    HttpCode(201),
    NeedsScope('admin'),
    TenantParameters(),
    ApiOperation({
      operationId: 'createWebhookSecret',
      summary: 'Make a secret that the tenant’s webhooks are signed with',
      description: 'The answer holds it, and no other ever does. There can be two, to change from one to the other.',
      responses: {
        201: answer('The secret', 'MadeWebhookSecret', {
          made: { value: { slot: 1, created_at: EXAMPLE_INSTANT, secret: 'whsec_…' } },
        }),
        ...problemsOf('admin'),
      },
    }),
  );

/** `DELETE /v1/admin/tenants/{tenant_id}/webhook-secrets/{slot}`: nothing more is signed with it. */
export const RevokeWebhookSecretEndpoint = (): MethodDecorator =>
  applyDecorators(
    Delete(':tenant_id/webhook-secrets/:slot'),
    HttpCode(204),
    NeedsScope('admin'),
    SlotParameters(),
    ApiOperation({
      operationId: 'revokeWebhookSecret',
      summary: 'End a webhook secret',
      responses: { 204: { description: 'It counts no longer', headers: REQUEST_ID_HEADER }, ...problemsOf('admin') },
    }),
  );
