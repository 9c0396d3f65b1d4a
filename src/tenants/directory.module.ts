import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TenantDirectory } from './tenant-directory';
import { TenantEntity } from './tenant.entity';

/** The list of tenants, for whoever needs it. */
@Module({
  imports: [TypeOrmModule.forFeature([TenantEntity])],
  providers: [TenantDirectory],
  exports: [TenantDirectory],
})
export class DirectoryModule {}
