import { EntityController, SyncedController } from '../synced.controller';
import { enrollment } from './enrollments.fields';
import { EnrollmentsService } from './enrollments.service';

@EntityController(enrollment)
export class EnrollmentsController extends SyncedController {
  constructor(enrollments: EnrollmentsService) {
    super(enrollments);
  }
}
