import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PushModule } from '../../push/push.module';
import { SyncModule } from '../../sync/sync.module';
import { ClassEntity } from './class.entity';
import { ClassesController } from './classes.controller';
import { ClassesMapper } from './classes.mapper';
import { ClassesMoodle } from './classes.moodle';
import { ClassesParser } from './classes.parser';
import { ClassesRepository } from './classes.repository';
import { ClassesService } from './classes.service';

@Module({
  imports: [SyncModule, PushModule, TypeOrmModule.forFeature([ClassEntity])],
  controllers: [ClassesController],
  providers: [ClassesMoodle, ClassesParser, ClassesMapper, ClassesRepository, ClassesService],
})
export class ClassesModule {}
