import type { Checked, Declared } from './parameters';
import type { MoodleState } from './moodle-state';
import { courseFunctions } from './course-functions';
import { enrolmentFunctions } from './enrolment-functions';
import { groupFunctions } from './group-functions';
import { userFunctions } from './user-functions';

/** A web-service function: what it takes, whether it changes anything, and what it does. */
export interface StandInFunction {
  readonly takes: Readonly<Record<string, Declared>>;
  readonly writes: boolean;
  readonly run: (state: MoodleState, parameters: Checked) => unknown;
}

export const FUNCTIONS: Readonly<Record<string, StandInFunction>> = {
  core_webservice_get_site_info: { takes: {}, writes: false, run: siteInfo },
  ...userFunctions,
  ...courseFunctions,
  ...enrolmentFunctions,
  ...groupFunctions,
};

function siteInfo({ version, withheld }: MoodleState): unknown {
  return {
    sitename: 'Moodle stand-in',
    username: 'svc_sis',
    firstname: 'SIS',
    lastname: 'Service',
    fullname: 'SIS Service',
    lang: 'en',
    userid: 3,
    siteurl: 'https://moodle.example',
    release: '5.1 (Build: 20251006)',
    version,
    functions: Object.keys(FUNCTIONS)
      .filter((name) => !withheld.has(name))
      .map((name) => ({ name, version: '2025100600' })),
  };
}
