import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SyncModule } from '../../sync/sync.module';
import { UnitEntity } from './unit.entity';
import { UnitsController } from './units.controller';
import { UnitsMapper } from './units.mapper';
import { UnitsParser } from './units.parser';
import { UnitsRepository } from './units.repository';
import { UnitsService } from './units.service';

@Module({
  imports: [SyncModule, TypeOrmModule.forFeature([UnitEntity])],
  controllers: [UnitsController],
  providers: [UnitsParser, UnitsMapper, UnitsRepository, UnitsService],
})
export class UnitsModule {}
