import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BodyReader } from '../request/body-reader';
import { SecretsModule } from '../secrets/secrets.module';
import { DirectoryModule } from '../tenants/directory.module';
import { ApiKeyEntity } from './keys/api-key.entity';
import { KeyCheck } from './keys/key-check';
import { KeyRepository } from './keys/key.repository';
import { RequestRates } from './limits/request-rates';
import { SignatureCheck } from './signatures/signature-check';
import { WebhookSecrets } from './signatures/webhook-secrets';

/** Who may call, and how much. */
@Module({
  imports: [TypeOrmModule.forFeature([ApiKeyEntity]), SecretsModule, DirectoryModule],
  providers: [BodyReader, KeyCheck, KeyRepository, RequestRates, SignatureCheck, WebhookSecrets],
  exports: [BodyReader, KeyCheck, KeyRepository, RequestRates, SignatureCheck, WebhookSecrets, DirectoryModule],
})
export class AccessModule {}
