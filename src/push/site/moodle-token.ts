import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import { BriefMemory } from '../../database/brief-memory';
import { TenantTransaction } from '../../database/tenant-transaction';
import { SecretRepository } from '../../secrets/secret.repository';

const FIELD = 'moodle.token';
const SLOT = 1;

/** The Moodle that is kept with a tenant: where it is, and the token for it. */
export interface OwnMoodle {
  readonly baseUrl: string | null;
  readonly token: string | null;
}

/** The token of a tenant's Moodle, where it is kept with the tenant: sealed. */
@Injectable()
export class MoodleToken {
  private readonly remembered = new BriefMemory<OwnMoodle>((tenantId) => this.load(tenantId));

  constructor(
    private readonly transaction: TenantTransaction,
    private readonly secrets: SecretRepository,
  ) {}

  /** With the address that it belongs to: of one moment, so that it is sent to no other. @throws UnreadableSecret */
  read(tenantId: string): Promise<OwnMoodle> {
    return this.remembered.read(tenantId);
  }

  private async load(tenantId: string): Promise<OwnMoodle> {
    const read = async (db: TenantDb): Promise<OwnMoodle> => {
      const [tenant]: { base_url: string | null }[] = await db.query(
        `SELECT settings->>'moodle_base_url' AS base_url FROM tenant WHERE id = $1`,
        [tenantId],
      );
      const [stored] = await this.secrets.readAll(db, tenantId, FIELD);
      return { baseUrl: tenant?.base_url ?? null, token: stored?.plain ?? null };
    };
    return this.transaction.run(tenantId, read, 'nothing-written');
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
