import { EntityController, SyncedController } from '../synced.controller';
import { grade } from './grades.fields';
import { GradesService } from './grades.service';

@EntityController(grade)
export class GradesController extends SyncedController {
  constructor(grades: GradesService) {
    super(grades);
  }
}
