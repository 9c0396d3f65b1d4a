import { Module } from '@nestjs/common';
import { RegistryModule } from '../metrics/registry.module';
import { OutgoingModule } from '../outgoing/outgoing.module';
import { MoodleCallMetrics } from './moodle-call-metrics';
import { MoodleClient } from './moodle-client';

@Module({
  imports: [RegistryModule, OutgoingModule],
  providers: [MoodleCallMetrics, MoodleClient],
  exports: [MoodleClient],
})
export class MoodleModule {}
