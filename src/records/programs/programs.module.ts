import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { PushModule } from '../../push/push.module';
import { SyncModule } from '../../sync/sync.module';
import { ProgramEntity } from './program.entity';
import { ProgramsController } from './programs.controller';
import { ProgramsMapper } from './programs.mapper';
import { ProgramsMoodle } from './programs.moodle';
import { ProgramsParser } from './programs.parser';
import { ProgramsRepository } from './programs.repository';
import { ProgramsService } from './programs.service';

@Module({
  imports: [SyncModule, PushModule, TypeOrmModule.forFeature([ProgramEntity])],
  controllers: [ProgramsController],
  providers: [ProgramsMoodle, ProgramsParser, ProgramsMapper, ProgramsRepository, ProgramsService],
})
export class ProgramsModule {}
