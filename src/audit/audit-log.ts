import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { uuidv7 } from 'uuidv7';

/** In place of a tenant's id: what concerns the service as a whole. No tenant can be called so. */
export const SERVICE = '*';

/** What an administrator can do, as `<what>.<done>`. */
export const ACTS = [
  'tenant.registered',
  'tenant.changed',
  'key.created',
  'key.rotated',
  'key.revoked',
  'webhook_secret.created',
  'webhook_secret.revoked',
  'profile.changed',
  'moodle.paused',
  'moodle.resumed',
  'push.retried',
  'push.ignored',
  'hold.approved',
  'hold.rejected',
  'record.erased',
  'deferred.discarded',
] as const;
export type Act = (typeof ACTS)[number];

/** Who acts, and in which request. */
export interface Actor {
  /** `key 5f0c9a4e2f0b (zoho)`, `anyone`, `command line` … */
  readonly actor: string;
  /** null: by no request */
  readonly requestId: string | null;
}

const DIGITS = 16;

/**
 * How a record is called here: nothing of it may be left when it is erased, its id included, and entries are never
 * changed. Who knows the id can make the same: `printf 'students 5843…' | sha256sum | cut -c1-16`.
 *
 * @param entity as in the routes
 */
export const recordSubject = (entity: string, zohoId: string): string =>
  `${entity} ${hash('sha256', `${entity} ${zohoId}`, 'hex').slice(0, DIGITS)}`;

/** Something that an administrator has done. What is kept holds no secret, and nothing of a person. */
export interface AuditEntry {
  readonly act: Act;
  /** what it was done to, such as `key 5f0c9a4e2f0b`, or a record by `recordSubject` */
  readonly subject: string;
  readonly before?: object | null;
  readonly after?: object | null;
}

/** Remembers who has changed what. It is written in the transaction of the change itself, so that neither is without the other. */
@Injectable()
export class AuditLog {
  async write(db: TenantDb, tenantId: string, { actor, requestId }: Actor, entry: AuditEntry): Promise<void> {
    const { act, subject, before = null, after = null } = entry;
    const [line]: { transaction: string }[] = await db.query(
      `INSERT INTO audit_entry (tenant_id, id, actor, act, subject, before, after, request_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING pg_current_xact_id()::text AS transaction`,
      [tenantId, uuidv7(), actor, act, subject, toJson(before), toJson(after), requestId],
    );
    // What an administrator has done once may not be to be done, or to be told, a second time.
    db.transactionId = line?.transaction ?? null;
  }
}

const toJson = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
