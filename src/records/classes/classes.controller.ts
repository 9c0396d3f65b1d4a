import { EntityController, SyncedController } from '../synced.controller';
import { classDefinition } from './classes.fields';
import { ClassesService } from './classes.service';

@EntityController(classDefinition)
export class ClassesController extends SyncedController {
  constructor(classes: ClassesService) {
    super(classes);
  }
}
