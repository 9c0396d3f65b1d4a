import { EntityController, SyncedController } from '../synced.controller';
import { program } from './programs.fields';
import { ProgramsService } from './programs.service';

@EntityController(program)
export class ProgramsController extends SyncedController {
  constructor(programs: ProgramsService) {
    super(programs);
  }
}
