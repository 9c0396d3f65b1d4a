import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { PushModule } from '../push/push.module';
import { SyncModule } from '../sync/sync.module';
import { AuditController } from './audit.controller';
import { AuditService } from './audit.service';
import { KeysController } from './keys.controller';
import { KeysService } from './keys.service';
import { TenantsController } from './tenants.controller';
import { TenantsService } from './tenants.service';
import { WebhookSecretsService } from './webhook-secrets.service';

/** What administrators do about tenants and keys, and what they have done. */
@Module({
  imports: [AccessModule, PushModule, SyncModule],
  controllers: [AuditController, KeysController, TenantsController],
  providers: [AuditService, KeysService, TenantsService, WebhookSecretsService],
})
export class AdminModule {}
