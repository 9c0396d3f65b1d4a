import { Module } from '@nestjs/common';
import { MoodleClient } from './moodle-client';

@Module({ providers: [MoodleClient], exports: [MoodleClient] })
export class MoodleModule {}
