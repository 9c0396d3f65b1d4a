import { Problem } from '../request/problem';

/** Another process has gone on with the import, or has ended it: nothing that this one finds out is to be stored. */
export const overtaken = (): Problem =>
  new Problem('IMPORT_IN_PROGRESS', 'Another process has gone on with this import');
