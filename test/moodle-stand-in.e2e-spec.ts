import recorded from './fixtures/moodle/recordings-5.1.json';
import recordedSections from './fixtures/moodle/recordings-sections-5.1.json';
import { type Answer, ask } from './support/moodle/ask';
import { Moodle } from './support/moodle/moodle';
import { addCourse, addUser } from './support/moodle/seed';

interface Recording {
  readonly name: string;
  readonly wsfunction: string | null;
  readonly params: object;
  readonly http_status: number;
  readonly content_type: string;
  readonly response: unknown;
}
const calls = recorded as unknown as Recording[];
const sectionCalls = recordedSections as unknown as Recording[];

let moodle: Moodle;
afterEach(() => moodle.stop());

describe('a real Moodle as recorded', () => {
  const [siteInfo] = calls as [Recording];
  const inService = (siteInfo.response as { functions: { name: string }[] }).functions.map(({ name }) => name);

  /** A course without dates begins on the day on which it was made. */
  const RECORDED_AT = 1_795_386_524_000;

  /** Tokens were not recorded, only what became of them. */
  const TOKENS: Readonly<Record<string, string>> = {
    invalid_token: 'no such token',
    empty_token: '',
    function_not_in_service: 'token of another service',
    restricted_service_user_not_listed: 'token of a user whom the service does not let in',
    course_get_by_idnumber_admin_token: 'token of the administrator',
  };

  /** What was done to the site between the recorded calls: their ids and answers tell of it. */
  const MEANWHILE: Readonly<Record<string, () => unknown>> = {
    user_create_custom_fields_unicode_ok: addStudents,
    enrol_course_without_manual_instance: () =>
      addCourse(moodle.site, { shortname: 'without manual enrolment', category: 5, manual: false }),
    grade_items_user: () =>
      ask(moodle, 'enrol_manual_enrol_users', { enrolments: [{ roleid: 5, userid: 46, courseid: 6 }] }),
  };

  /** Users 44 to 53; the fourth is suspended, the last deleted. */
  async function addStudents(): Promise<void> {
    moodle.site.users.startAt(44);
    for (let number = 100; number < 110; number += 1)
      addUser(moodle.site, {
        username: `e${number}`,
        firstname: `First${number}`,
        lastname: `Last${number}`,
        idnumber: `e-${number}`,
        suspended: number === 103,
      });
    await ask(moodle, 'core_user_delete_users', { userids: [53] });
  }

  async function startAsRecorded(): Promise<void> {
    moodle = await Moodle.start({ functions: inService, now: () => RECORDED_AT });
    const { site, service } = moodle;
    site.categories.startAt(5);
    site.courses.startAt(6);
    site.sections.startAt(9);
    site.activities.startAt(5);
    service.grant('token of another service', 3, ['core_webservice_get_site_info']);
    service.grant('token of a user whom the service does not let in', 3, inService, false);
    service.grant('token of the administrator', 2, inService);
  }

  async function startAsSectionsRecorded(): Promise<void> {
    moodle = await Moodle.start();
    moodle.site.courses.startAt(3);
    moodle.site.sections.startAt(10);
    moodle.site.activities.startAt(2);
  }

  async function replay(recording: Recording): Promise<Answer> {
    await MEANWHILE[recording.name]?.();
    const { name, wsfunction, params, content_type } = recording;
    const format = content_type.startsWith('application/xml') ? 'xml' : 'json';
    return ask(moodle, wsfunction, params, { format, token: TOKENS[name] ?? moodle.token });
  }

  it.each([
    ['answers', calls, startAsRecorded],
    ['answers about sections', sectionCalls, startAsSectionsRecorded],
  ])('%s the same, call by call', async (_name, recordings, start) => {
    await start();
    for (const recording of recordings) {
      const { name, http_status, content_type, response } = recording;
      const { status, contentType, json, text } = await replay(recording);
      const answer = isBeginning(response) ? { [RAW]: text.slice(0, response[RAW].length) } : json;
      expect({ name, status, contentType, answer: settled(answer) }).toEqual({
        name,
        status: http_status,
        contentType: content_type,
        answer: settled(response),
      });
    }
  });
});

const RAW = '__raw';
/** Of an answer that is not JSON, the recording keeps the beginning. */
const isBeginning = (response: unknown): response is { readonly [RAW]: string } =>
  typeof response === 'object' && response !== null && RAW in response;

/** What follows from the clock, or from what else the recorded site held; its kind has to be the same none the less. */
const INCIDENTAL =
  /(\.time(created|modified)|cacherev|statekey|categorysortorder|courses\.\d\.sortorder|^\.0\.sortorder|preferences\.\d\.value|gradeitems\.0\.id)$/;

/** All the rest is the same to the letter: ids, texts, nulls, and the order of lists. */
function settled(value: unknown, path = ''): unknown {
  if (INCIDENTAL.test(path)) return typeof value;
  if (Array.isArray(value)) return value.map((inner, index) => settled(inner, `${path}.${index}`));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, settled(inner, `${path}.${key}`)]));
  if (typeof value === 'string' && value.startsWith('[{')) return settled(JSON.parse(value), path);
  return typeof value === 'string' ? value.replace(/\.\d{10}$/, '.time') : value;
}
