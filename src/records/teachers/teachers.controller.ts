import { EntityController, SyncedController } from '../synced.controller';
import { teacher } from './teachers.fields';
import { TeachersService } from './teachers.service';

@EntityController(teacher)
export class TeachersController extends SyncedController {
  constructor(teachers: TeachersService) {
    super(teachers);
  }
}
