import { Module } from '@nestjs/common';
import { SyncModule } from '../sync/sync.module';
import { RunsController } from './runs.controller';

@Module({ imports: [SyncModule], controllers: [RunsController] })
export class RunsModule {}
