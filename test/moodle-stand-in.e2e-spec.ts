import { encodeParameters, type MoodleParameters } from '../src/moodle/encode-parameters';
import recorded from './fixtures/moodle/recordings-5.1.json';
import recordedSections from './fixtures/moodle/recordings-sections-5.1.json';
import { FUNCTIONS } from './support/moodle/functions';
import { MoodleStandIn } from './support/moodle/moodle-stand-in';

interface Recording {
  name: string;
  wsfunction: string | null;
  params: Record<string, unknown>;
  http_status: number;
  response: unknown;
}

/** Calls whose circumstances are the recorder's own, and cannot be made by calling. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  function_not_in_service: 'a token of another service',
  restricted_service_user_not_listed: 'a token of another service',
  course_get_by_idnumber_admin_token: 'an administrator sees more of a course',
  xml_default_format: 'we always ask for JSON',
  course_get_by_ids: 'answers with an error of PHP, as it cannot be encoded',
  course_contents: 'of a course with activities, which we do not make',
  enrolled_users_userfields: 'we do not ask for fields of our choice',
  user_create_duplicate_unique_custom_field: 'we send no custom fields',
};

/** What was in the site before the recorded calls, and was made by other means. */
function prepare(moodle: MoodleStandIn, name: string): void {
  const { state } = moodle;
  if (name === 'user_update_batch_weak_password_in_middle') {
    for (let n = 100; n < 110; n += 1) {
      const user = state.addUser({ username: `e${n}`, idnumber: `e-${n}`, email: `e${n}@example.com` });
      ids.set(`user ${n - 56}`, user.id);
    }
    const deleted = state.user(ids.get('user 53') ?? 0);
    if (deleted) deleted.deleted = true;
  }
  if (name === 'enrol_course_without_manual_instance') {
    ids.set('course 10', state.addCourse({ hasManualEnrolment: false }).id);
  }
}

let ids = new Map<string, number>();

/** Which ids stand under a key, by what holds them. */
const KINDS: Readonly<Record<string, string>> = {
  userid: 'user',
  userids: 'user',
  courseid: 'course',
  courseids: 'course',
  parent: 'category',
  categoryid: 'category',
  groupid: 'group',
  groupids: 'group',
  itemid: 'section',
  ids: 'section',
};
const OWN: Readonly<Record<string, string>> = {
  users: 'user',
  courses: 'course',
  categories: 'category',
  groups: 'group',
};

/** Ids of the recording become the stand-in's own; one that was never made is unknown to both. */
function translate(value: unknown, key = '', holder = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => translate(one, key, key));
  if (typeof value === 'object' && value !== null) {
    const isById = (value as { field?: unknown }).field === 'id';
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        isById && name === 'values'
          ? (member as unknown[]).map((id) => ids.get(`user ${String(id)}`) ?? id)
          : translate(member, name, holder),
      ]),
    );
  }
  const kind = KINDS[key.replace(/\[\d+\]$/, '')] ?? (key === 'id' ? OWN[holder] : undefined);
  return (kind && ids.get(`${kind} ${String(value)}`)) ?? value;
}

/** What was made gets the id by which later calls name it. */
function learn(wsfunction: string, expected: unknown, actual: unknown): void {
  const kind = {
    core_user_create_users: 'user',
    core_course_create_courses: 'course',
    core_course_create_categories: 'category',
    core_group_create_groups: 'group',
  }[wsfunction];
  if (kind && Array.isArray(expected) && Array.isArray(actual)) {
    for (const [at, { id }] of (expected as { id: number }[]).entries()) {
      ids.set(`${kind} ${id}`, (actual as { id: number }[])[at]?.id ?? 0);
    }
  }
  if (wsfunction === 'core_courseformat_update_course' && typeof expected === 'string' && typeof actual === 'string') {
    const sectionsOf = (text: string) =>
      (JSON.parse(text) as { name: string; fields: { id: string } }[]).filter(({ name }) => name === 'section');
    for (const [at, { fields }] of sectionsOf(expected).entries()) {
      ids.set(`section ${fields.id}`, Number(sectionsOf(actual)[at]?.fields.id ?? 0));
    }
  }
}

interface ErrorAnswer {
  exception?: string;
  errorcode?: string;
}

/** Names of keys and types of values; texts and numbers may differ, what we never read may be missing. */
function shapeOf(value: unknown, like: unknown): unknown {
  if (Array.isArray(value)) {
    // How many functions the service has is its own affair.
    const list = value.some((one) => typeof one === 'object' && one !== null && 'version' in one)
      ? value.slice(0, 1)
      : value;
    return list.map((one, at) => shapeOf(one, Array.isArray(like) ? like[at] : undefined));
  }
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  const keys = Object.keys(value).filter((key) => typeof like !== 'object' || like === null || key in like);
  return Object.fromEntries(
    keys.toSorted().map((key) => [key, shapeOf((value as never)[key], (like as never)?.[key])]),
  );
}

async function replay(recordings: readonly Recording[], moodle: MoodleStandIn) {
  ids = new Map();
  const differences: object[] = [];
  let count = 0;
  for (const { name, wsfunction, params, response } of recordings) {
    prepare(moodle, name);
    if (name in ELSEWHERE || wsfunction === null || !(wsfunction in FUNCTIONS)) continue;
    const body = new URLSearchParams([
      ['wstoken', name.endsWith('_token') ? 'x' : moodle.token],
      ['wsfunction', wsfunction],
      ['moodlewsrestformat', 'json'],
      ...encode(translate(params) as Record<string, unknown>),
    ]);
    const answer = await fetch(`${moodle.url}/webservice/rest/server.php`, { method: 'POST', body });
    const actual: unknown = await answer.json();
    learn(wsfunction, response, actual);
    const { exception, errorcode } = (response ?? {}) as ErrorAnswer;
    const [expected, got] =
      exception === undefined
        ? [shapeOf(response, actual), shapeOf(actual, actual)]
        : [{ exception, errorcode: codeOf(errorcode) }, errorOf(actual)];
    if (JSON.stringify(expected) !== JSON.stringify(got)) differences.push({ name, expected, got });
    count += 1;
  }
  return { count, differences };
}

/** The policy of passwords is told as HTML, in full. */
const codeOf = (errorcode: string | undefined) => (errorcode?.startsWith('<') ? 'html' : errorcode);
const errorOf = (answer: unknown) => {
  const { exception, errorcode } = (answer ?? {}) as ErrorAnswer;
  return { exception, errorcode: codeOf(errorcode) };
};

/** Some recorded parameters have the names of the form already; an empty list cannot be sent. */
function encode(params: Record<string, unknown>): [string, string][] {
  return Object.entries(params).flatMap(([name, value]) =>
    Array.isArray(value) && value.length === 0 ? [] : encodeParameters({ [name]: value } as MoodleParameters),
  );
}

describe('the stand-in for Moodle answers as Moodle 5.1 did', () => {
  let moodle: MoodleStandIn;
  beforeEach(async () => {
    moodle = await MoodleStandIn.start();
  });
  afterEach(() => moodle.down());

  it('to the recorded calls, in their order', async () => {
    const { count, differences } = await replay(recorded, moodle);
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThanOrEqual(120);
  });

  it('to the recorded calls about sections', async () => {
    expect(await replay(recordedSections, moodle)).toEqual({
      count: recordedSections.length,
      differences: [],
    });
  });
});
