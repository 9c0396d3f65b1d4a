import { EntityController, SyncedController } from '../synced.controller';
import { student } from './students.fields';
import { StudentsService } from './students.service';

@EntityController(student)
export class StudentsController extends SyncedController {
  constructor(students: StudentsService) {
    super(students);
  }
}
