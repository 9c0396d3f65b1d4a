import { EntityController, SyncedController } from '../synced.controller';
import { registration } from './registrations.fields';
import { RegistrationsService } from './registrations.service';

@EntityController(registration)
export class RegistrationsController extends SyncedController {
  constructor(registrations: RegistrationsService) {
    super(registrations);
  }
}
