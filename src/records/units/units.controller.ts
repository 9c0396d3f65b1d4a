import { EntityController, SyncedController } from '../synced.controller';
import { unit } from './units.fields';
import { UnitsService } from './units.service';

@EntityController(unit)
export class UnitsController extends SyncedController {
  constructor(units: UnitsService) {
    super(units);
  }
}
