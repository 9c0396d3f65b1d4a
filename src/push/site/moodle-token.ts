import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import { BriefMemory } from '../../database/brief-memory';
import { TenantTransaction } from '../../database/tenant-transaction';
import { SecretRepository } from '../../secrets/secret.repository';

const FIELD = 'moodle.token';
const SLOT = 1;

/** The token of a tenant's Moodle, where it is kept with the tenant: sealed. */
@Injectable()
export class MoodleToken {
  private readonly remembered = new BriefMemory<string | null>((tenantId) => this.load(tenantId));

  constructor(
    private readonly transaction: TenantTransaction,
    private readonly secrets: SecretRepository,
  ) {}

  /** @returns null when there is none @throws UnreadableSecret */
  read(tenantId: string): Promise<string | null> {
    return this.remembered.read(tenantId);
  }

  private async load(tenantId: string): Promise<string | null> {
    const [stored] = await this.transaction.run(tenantId, (db) => this.secrets.readAll(db, tenantId, FIELD));
    return stored?.plain ?? null;
  }

  isThere(tenantId: string): Promise<boolean> {
    return this.transaction.run(tenantId, (db) => this.isThereWithin(db, tenantId));
  }

  async isThereWithin(db: TenantDb, tenantId: string): Promise<boolean> {
    return (await this.secrets.list(db, tenantId)).some(({ field }) => field === FIELD);
  }

  async change(db: TenantDb, tenantId: string, token: string | null): Promise<void> {
    if (token === null) await this.secrets.remove(db, tenantId, FIELD, SLOT);
    else await this.secrets.put(db, tenantId, FIELD, SLOT, token);
  }

  forget(tenantId: string): void {
    this.remembered.forget(tenantId);
  }
}
