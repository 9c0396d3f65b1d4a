import { Module } from '@nestjs/common';
import { PushModule } from '../push/push.module';
import { HoldsController } from './holds.controller';
import { HoldsService } from './holds.service';
import { MoodleController } from './moodle.controller';
import { MoodleService } from './moodle.service';
import { PushesController } from './pushes.controller';
import { PushesService } from './pushes.service';

@Module({
  imports: [PushModule],
  controllers: [HoldsController, MoodleController, PushesController],
  providers: [HoldsService, MoodleService, PushesService],
})
export class PushesModule {}
