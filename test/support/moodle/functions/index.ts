import { categoryFunctions } from './categories';
import { cohortFunctions } from './cohorts';
import { courseFunctions } from './courses';
import { enrolmentFunctions } from './enrolments';
import type { FunctionTable } from './function';
import { gradeFunctions } from './grades';
import { groupFunctions } from './groups';
import { roleFunctions } from './roles';
import { sectionFunctions } from './sections';
import { userFunctions } from './users';

/** What this site answers itself, besides who it is. */
export const FUNCTIONS: FunctionTable = {
  ...userFunctions,
  ...categoryFunctions,
  ...courseFunctions,
  ...sectionFunctions,
  ...enrolmentFunctions,
  ...groupFunctions,
  ...cohortFunctions,
  ...roleFunctions,
  ...gradeFunctions,
};

export const SITE_INFO = 'core_webservice_get_site_info';
