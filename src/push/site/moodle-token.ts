import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantTransaction } from '../../database/tenant-transaction';
import { SecretRepository } from '../../secrets/secret.repository';

const FIELD = 'moodle.token';
const SLOT = 1;
const REMEMBERED_MS = 2_000;
const MOST_REMEMBERED = 10_000;

/** The token of a tenant's Moodle, where it is kept with the tenant: sealed. */
@Injectable()
export class MoodleToken {
  private readonly remembered = new Map<string, { readonly token: string | null; readonly until: number }>();

  constructor(
    private readonly transaction: TenantTransaction,
    private readonly secrets: SecretRepository,
  ) {}

  /** @returns null when there is none @throws UnreadableSecret */
  async read(tenantId: string): Promise<string | null> {
    const known = this.remembered.get(tenantId);
    if (known && known.until > performance.now()) return known.token;
    const [stored] = await this.transaction.run(tenantId, (db) => this.secrets.readAll(db, tenantId, FIELD));
    const token = stored?.plain ?? null;
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(tenantId, { token, until: performance.now() + REMEMBERED_MS });
    return token;
  }

  async isThere(tenantId: string): Promise<boolean> {
    const stored = await this.transaction.run(tenantId, (db) => this.secrets.list(db, tenantId));
    return stored.some(({ field }) => field === FIELD);
  }

  async change(db: EntityManager, tenantId: string, token: string | null): Promise<void> {
    if (token === null) await this.secrets.remove(db, tenantId, FIELD, SLOT);
    else await this.secrets.put(db, tenantId, FIELD, SLOT, token);
  }

  forget(tenantId: string): void {
    this.remembered.delete(tenantId);
  }
}
