import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KeyRing } from './key-ring';
import { SealedRepository } from './sealed.repository';
import { SecretRotation } from './secret-rotation';
import { SecretRepository } from './secret.repository';
import { TenantSecretEntity } from './tenant-secret.entity';

@Module({
  imports: [TypeOrmModule.forFeature([TenantSecretEntity])],
  providers: [KeyRing, SealedRepository, SecretRotation, SecretRepository],
  exports: [KeyRing, SecretRotation, SecretRepository],
})
export class SecretsModule {}
