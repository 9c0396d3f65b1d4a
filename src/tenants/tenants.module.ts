import { Module } from '@nestjs/common';
import { SyncModule } from '../sync/sync.module';
import { ProfilesController } from './profiles.controller';
import { ProfilesService } from './profiles.service';

/** The routes to tenants' profiles. */
@Module({ imports: [SyncModule], controllers: [ProfilesController], providers: [ProfilesService] })
export class TenantsModule {}
