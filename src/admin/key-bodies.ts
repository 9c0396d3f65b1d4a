import { z } from 'zod';
import { SCOPES } from '../access/scope';
import { TENANT_ID_PATTERN } from '../request/tenant-id';
import { MOST_REQUESTS_PER_MINUTE } from '../tenants/tenant';
import { shortText } from './tenant-bodies';

export const keyBody = z.strictObject({
  name: shortText(64).describe('For people, such as the program that uses it.'),
  tenant_id: z
    .string()
    .regex(TENANT_ID_PATTERN, 'must be the id of a tenant')
    .nullish()
    .describe('The one tenant that it lets in; null: all.'),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .describe('sync: send and delete records. read: read back. admin: everything under /v1/admin, and erase.'),
  requests_per_minute: z
    .int()
    .min(1)
    .max(MOST_REQUESTS_PER_MINUTE)
    .nullish()
    .describe('Beside the limit of the tenant; null: only that one.'),
  expires_in_days: z.int().min(1).max(3_650).nullish().describe('null: never.'),
});

export const rotationBody = z.strictObject({
  grace_hours: z.int().min(0).max(720).default(24).describe('So long the old key is valid beside the new one.'),
});
