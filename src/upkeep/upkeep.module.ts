import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ImportModule } from '../import/import.module';
import { PushModule } from '../push/push.module';
import { SyncModule } from '../sync/sync.module';
import { DirectoryModule } from '../tenants/directory.module';
import { UpkeepService } from './upkeep.service';

@Module({
  imports: [ScheduleModule.forRoot(), ImportModule, PushModule, SyncModule, DirectoryModule],
  providers: [UpkeepService],
})
export class UpkeepModule {}
