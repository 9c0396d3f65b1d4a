import { randomUUID } from 'node:crypto';
import { KeysService } from '../../src/admin/keys.service';
import type { Scope } from '../../src/access/scope';
import { hashOfSecret, newKeyText } from '../../src/access/keys/key-text';
import type { ProblemCode } from '../../src/request/problem';
import type { TestService } from './app';
import { ask } from './databases';

/** What only a service that asks for credentials answers: `openapi-access` provokes these. */
export const OF_ACCESS = [
  'UNAUTHENTICATED',
  'OTHER_TENANT',
  'SCOPE_MISSING',
  'TENANT_PAUSED',
  'TENANT_NOT_FOUND',
  'TENANT_EXISTS',
  'TOO_MANY_KEYS',
  'RATE_EXCEEDED',
  'TOO_MANY_AT_ONCE',
  'BODY_TOO_SLOW',
] as const satisfies readonly ProblemCode[];

interface KeyWishes {
  /** absent: of all tenants */
  readonly tenant?: string;
  readonly scopes?: readonly Scope[];
  readonly perMinute?: number;
}

const COMMAND_LINE = { actor: 'command line', requestId: 'test', tenantId: null };

/** A key, made as the command makes it. @returns its text */
export async function newKey(
  service: TestService,
  { tenant, scopes = ['sync', 'read', 'admin'], perMinute }: KeyWishes = {},
): Promise<string> {
  const { key } = await service.app.get(KeysService).create(COMMAND_LINE, {
    name: randomUUID(),
    tenant_id: tenant ?? null,
    scopes: [...scopes],
    ...(perMinute !== undefined && { requests_per_minute: perMinute }),
  });
  return key;
}

export const idOf = (key: string): string => key.split('_')[1] ?? '';

export const bearing = (key: string, tenant?: string): Record<string, string> => ({
  Authorization: `Bearer ${key}`,
  ...(tenant !== undefined && { 'X-Tenant-ID': tenant }),
});

/** A key for all, written past the service: for one that is yet to be started. @returns its text */
export async function storedKey(superuserUrl: string): Promise<string> {
  const { id, secret, text } = newKeyText();
  await ask(
    `INSERT INTO api_key (id, hash, name, scopes) VALUES ($1, $2, 'test', '{sync,read,admin}')`,
    [id, hashOfSecret(secret)],
    superuserUrl,
  );
  return text;
}
