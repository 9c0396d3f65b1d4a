import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { BriefMemory } from '../../database/brief-memory';
import { TenantTransaction } from '../../database/tenant-transaction';
import { type Actor, AuditLog } from '../../audit/audit-log';
import { SecretRepository } from '../../secrets/secret.repository';
import { UnreadableSecret } from '../../secrets/unreadable-secret';

/** The field under which a tenant's secrets for webhooks are sealed. */
const FIELD = 'webhook.secret';
const SLOTS = [1, 2] as const;

/** What may be told of a secret. */
export interface WebhookSecret {
  readonly slot: number;
  readonly created_at: string;
}

/** A new secret, and the only time that it is to be had. */
export interface MadeSecret extends WebhookSecret {
  readonly secret: string;
}

/** The secrets with which a tenant's webhooks are signed: two, while its Zoho changes over from one to the other. */
@Injectable()
export class WebhookSecrets {
  private readonly log = new Logger(WebhookSecrets.name);
  private readonly remembered = new BriefMemory<readonly string[]>((tenantId) => this.open(tenantId));

  constructor(
    private readonly transaction: TenantTransaction,
    private readonly secrets: SecretRepository,
    private readonly audit: AuditLog,
  ) {}

  read(tenantId: string): Promise<readonly string[]> {
    return this.remembered.read(tenantId);
  }

  private async open(tenantId: string): Promise<string[]> {
    try {
      const stored = await this.transaction.run(tenantId, (db) => this.secrets.readAll(db, tenantId, FIELD));
      return stored.map(({ plain }) => plain);
    } catch (error) {
      if (!(error instanceof UnreadableSecret)) throw error;
      this.log.error(`No signature of ${tenantId} counts: ${error.message}`);
      return [];
    }
  }

  async list(tenantId: string): Promise<WebhookSecret[]> {
    const stored = await this.transaction.run(tenantId, (db) => this.secrets.list(db, tenantId));
    return stored
      .filter(({ field }) => field === FIELD)
      .map(({ slot, createdAt }) => ({ slot, created_at: createdAt.toISOString() }));
  }

  /** @returns null when both are taken */
  async create(tenantId: string, by: Actor): Promise<MadeSecret | null> {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const slot = await this.transaction.run(tenantId, async (db) => {
      await db.query("SELECT pg_advisory_xact_lock(hashtextextended('webhook secret ' || $1, 0))", [tenantId]);
      const taken = new Set(
        (await this.secrets.list(db, tenantId)).filter(({ field }) => field === FIELD).map((one) => one.slot),
      );
      const free = SLOTS.find((one) => !taken.has(one));
      if (free === undefined) return null;
      await this.secrets.put(db, tenantId, FIELD, free, secret);
      await this.audit.write(db, tenantId, by, { act: 'webhook_secret.created', subject: `webhook secret ${free}` });
      return free;
    });
    this.remembered.forget(tenantId);
    return slot === null ? null : { slot, created_at: new Date().toISOString(), secret };
  }

  /** @returns whether there was one */
  async revoke(tenantId: string, by: Actor, slot: number): Promise<boolean> {
    const isGone = await this.transaction.run(tenantId, async (db) => {
      if (!(await this.secrets.remove(db, tenantId, FIELD, slot))) return false;
      await this.audit.write(db, tenantId, by, { act: 'webhook_secret.revoked', subject: `webhook secret ${slot}` });
      return true;
    });
    this.remembered.forget(tenantId);
    return isGone;
  }
}
