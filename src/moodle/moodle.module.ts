import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module';
import { OutgoingModule } from '../outgoing/outgoing.module';
import { MoodleCallMetrics } from './moodle-call-metrics';
import { MoodleClient } from './moodle-client';

@Module({
  imports: [MetricsModule, OutgoingModule],
  providers: [MoodleCallMetrics, MoodleClient],
  exports: [MoodleClient],
})
export class MoodleModule {}
