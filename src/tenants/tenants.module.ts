import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SyncModule } from '../sync/sync.module';
import { ProfilesController } from './profiles.controller';
import { ProfilesService } from './profiles.service';
import { TenantDirectory } from './tenant-directory';
import { TenantEntity } from './tenant.entity';

@Module({
  imports: [SyncModule, TypeOrmModule.forFeature([TenantEntity])],
  controllers: [ProfilesController],
  providers: [ProfilesService, TenantDirectory],
  exports: [TenantDirectory],
})
export class TenantsModule {}
