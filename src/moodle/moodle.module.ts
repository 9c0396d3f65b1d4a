import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module';
import { MoodleCallMetrics } from './moodle-call-metrics';
import { MoodleClient } from './moodle-client';

@Module({ imports: [MetricsModule], providers: [MoodleCallMetrics, MoodleClient], exports: [MoodleClient] })
export class MoodleModule {}
