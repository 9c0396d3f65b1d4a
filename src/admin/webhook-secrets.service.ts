import { Injectable } from '@nestjs/common';
import { type MadeSecret, WebhookSecrets } from '../access/signatures/webhook-secrets';
import type { Caller } from '../request/caller.decorator';
import { Problem } from '../request/problem';
import { TenantDirectory } from '../tenants/tenant-directory';

/** Gives a tenant's webhooks something to sign with. */
@Injectable()
export class WebhookSecretsService {
  constructor(
    private readonly secrets: WebhookSecrets,
    private readonly tenants: TenantDirectory,
  ) {}

  /** @throws Problem when both are taken, or there is no such tenant */
  async create(by: Caller): Promise<MadeSecret> {
    if (!(await this.tenants.find(by.tenantId)))
      throw new Problem('TENANT_NOT_FOUND', 'There is no tenant with this id');
    const made = await this.secrets.create(by.tenantId, by);
    if (!made)
      throw new Problem('TOO_MANY_KEYS', 'There are two secrets already: revoke the one that is used no longer');
    return made;
  }

  /** @throws Problem when there is none */
  async revoke(by: Caller, slot: string): Promise<void> {
    const isGone = /^[12]$/.test(slot) && (await this.secrets.revoke(by.tenantId, by, Number(slot)));
    if (!isGone) throw new Problem('NOT_FOUND', 'There is no such secret');
  }
}
