import { Module } from '@nestjs/common';
import { SyncModule } from '../sync/sync.module';
import { DeferredController } from './deferred.controller';
import { RetryService } from './retry.service';

@Module({ imports: [SyncModule], controllers: [DeferredController], providers: [RetryService] })
export class DeferredModule {}
