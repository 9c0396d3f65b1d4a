import { applyDecorators, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, type RequestBodyObject } from '@nestjs/swagger';
import { NeedsScopeOfService } from '../access/access.decorator';
import { EXAMPLE_KEY_ID } from './admin-schemas';
import { answer } from './answer';
import { KeyParameters, ServiceParameters, TenantsParameters } from './parameters';
import { problemsOf } from './problem-responses';
import { EXAMPLE_INSTANT } from './record-examples';
import { refTo } from './schema';

const NEW = { name: 'zoho', tenant_id: null, scopes: ['sync'], expires_in_days: 365 };
const KEY = {
  id: EXAMPLE_KEY_ID,
  name: 'zoho',
  tenant_id: null,
  scopes: ['sync'],
  requests_per_minute: null,
  state: 'live',
  created_at: EXAMPLE_INSTANT,
  expires_at: '2027-02-14T10:21:07.000Z',
  revoked_at: null,
  last_used_at: null,
};
/** Shortened, so that nobody takes it for one. */
const MADE = { ...KEY, key: `mzi_${EXAMPLE_KEY_ID}_…` };

const json = (schema: string, value: object, required: boolean): RequestBodyObject => ({
  required,
  content: { 'application/json': { schema: refTo(schema), examples: { given: { value } } } },
});

/** `GET /v1/admin/keys`: all of them. */
export const ListKeysEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsScopeOfService('admin'),
    TenantsParameters(),
    ApiOperation({
      operationId: 'listKeys',
      summary: 'List keys, without their secrets, a page at a time',
      description: 'With a key of one tenant, those of that tenant.',
      responses: {
        200: answer('A page of keys', 'KeysPage', { last: { value: { data: [KEY], next_cursor: null } } }),
        ...problemsOf('admin'),
      },
    }),
  );

/** `POST /v1/admin/keys`: a new one, shown once. */
export const CreateKeyEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post(),
    HttpCode(201),
    NeedsScopeOfService('admin'),
    ServiceParameters(),
    ApiOperation({
      operationId: 'createKey',
      summary: 'Make a key',
      description: 'The answer holds it, and no other ever does. Two of one name and tenant can be live at once.',
      requestBody: json('NewKey', NEW, true),
      responses: { 201: answer('The key', 'MadeKey', { made: { value: MADE } }), ...problemsOf('admin') },
    }),
  );

/** `POST /v1/admin/keys/{key_id}/rotate`: a new one in place of this one. */
export const RotateKeyEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post(':key_id/rotate'),
    HttpCode(201),
    NeedsScopeOfService('admin'),
    KeyParameters(),
    ApiOperation({
      operationId: 'rotateKey',
      summary: 'Make a key like this one, which ends some hours later',
      requestBody: json('KeyRotation', { grace_hours: 24 }, true),
      responses: { 201: answer('The new key', 'MadeKey', { made: { value: MADE } }), ...problemsOf('admin') },
    }),
  );

/** `DELETE /v1/admin/keys/{key_id}`: lets nobody in from now on. */
export const RevokeKeyEndpoint = (): MethodDecorator =>
  applyDecorators(
    Delete(':key_id'),
    HttpCode(200),
    NeedsScopeOfService('admin'),
    KeyParameters(),
    ApiOperation({
      operationId: 'revokeKey',
      summary: 'End a key at once',
      description: 'Other processes of the service follow within 2 seconds.',
      responses: {
        200: answer('The key', 'Key', {
          revoked: { value: { ...KEY, state: 'revoked', revoked_at: EXAMPLE_INSTANT } },
        }),
        ...problemsOf('admin'),
      },
    }),
  );
