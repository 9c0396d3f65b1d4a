import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { PushModule } from '../push/push.module';
import { SyncModule } from '../sync/sync.module';
import { DirectoryModule } from '../tenants/directory.module';
import { UpkeepService } from './upkeep.service';

@Module({ imports: [ScheduleModule.forRoot(), PushModule, SyncModule, DirectoryModule], providers: [UpkeepService] })
export class UpkeepModule {}
