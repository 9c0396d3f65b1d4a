import { z } from 'zod';
import { keyBody, rotationBody } from '../admin/key-bodies';
import { tenantBody, tenantChangeBody } from '../admin/tenant-bodies';
import { ACTS } from '../audit/audit-log';
import { SCOPES } from '../access/scope';
import { AUTHENTICATIONS, TENANT_STATES } from '../tenants/tenant';
import { INSTANT, objectOf, orNull, pageOf, type Schema, type Schemas } from './schema';

export const EXAMPLE_KEY_ID = '5f0c9a4e2f0b';

const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const ANYTHING: Schema = { type: ['object', 'null'], additionalProperties: true };

/** As it is checked, so that the two cannot differ. */
function bodyOf(schema: z.ZodType, description: string): Schema {
  const { $schema: _draft, ...described } = z.toJSONSchema(schema, { io: 'input' });
  return { ...(described as Schema), description };
}

const KEY: Schemas = {
  id: TEXT,
  name: TEXT,
  tenant_id: { ...orNull(TEXT), description: 'The one tenant that it lets in; null: all.' },
  scopes: { type: 'array', items: { ...TEXT, enum: [...SCOPES] } },
  requests_per_minute: orNull(COUNT),
  state: { ...TEXT, enum: ['live', 'expired', 'revoked'] },
  created_at: INSTANT,
  expires_at: orNull(INSTANT),
  revoked_at: orNull(INSTANT),
  last_used_at: { ...orNull(INSTANT), description: 'To the minute.' },
};

const SUMMARY: Schemas = {
  id: TEXT,
  name: orNull(TEXT),
  state: { ...TEXT, enum: [...TENANT_STATES] },
  authentication: { type: ['string', 'null'], enum: [...AUTHENTICATIONS, null] as string[] },
  limits: objectOf({ requests_per_minute: orNull(COUNT), concurrent_requests: orNull(COUNT) }),
  created_at: INSTANT,
  updated_at: INSTANT,
};

const SECRET: Schemas = { slot: { type: 'integer', minimum: 1, maximum: 2 }, created_at: INSTANT };

export const ADMIN_SCHEMAS: Schemas = {
  NewTenant: bodyOf(tenantBody, 'A tenant to be registered.'),
  TenantChange: bodyOf(tenantChangeBody, 'What is to be otherwise. What is left out stays.'),
  TenantSummary: {
    description: 'A tenant, and what is set for it. null: as the service has it.',
    ...objectOf({ ...SUMMARY, moodle: objectOf({ base_url: orNull(TEXT) }) }),
  },
  Tenant: {
    description: 'A tenant, and all that is set for it. null: as the service has it.',
    ...objectOf({
      ...SUMMARY,
      moodle: objectOf({ base_url: orNull(TEXT), has_token: { type: 'boolean' } }),
      layout: TEXT,
      drop_policy: TEXT,
      profile_version: { ...COUNT, description: '0 when the default profile counts.' },
      webhook_secrets: { type: 'array', items: objectOf(SECRET) },
    }),
  },
  TenantsPage: pageOf('TenantSummary', 'Tenants, by id.'),
  MadeWebhookSecret: {
    description: 'A new secret, which is never shown again.',
    ...objectOf({ ...SECRET, secret: TEXT }),
  },
  NewKey: bodyOf(keyBody, 'A key to be made.'),
  KeyRotation: bodyOf(rotationBody, 'How the new key takes over.'),
  Key: { description: 'A key; never its secret.', ...objectOf(KEY) },
  KeysPage: pageOf('Key', 'Keys, by id.'),
  MadeKey: {
    description: 'A new key; its text is never shown again.',
    ...objectOf({ ...KEY, key: { ...TEXT, description: 'For `Authorization: Bearer` or `X-API-Key`.' } }),
  },
  AuditEntry: {
    description: 'One act of an administrator.',
    ...objectOf({
      audit_id: { ...TEXT, format: 'uuid' },
      tenant_id: { ...orNull(TEXT), description: 'null: it concerns the service as a whole.' },
      at: INSTANT,
      actor: { ...TEXT, description: 'Such as `key 5f0c9a4e2f0b (zoho)`, `anyone` or `command line`.' },
      act: { ...TEXT, enum: [...ACTS] },
      subject: TEXT,
      before: ANYTHING,
      after: ANYTHING,
      request_id: orNull(TEXT),
    }),
  },
  AuditPage: pageOf('AuditEntry', 'Acts, the newest first.'),
};
