import { ask } from './support/moodle/ask';
import { Moodle, type MoodleOptions } from './support/moodle/moodle';
import { addActivity, addCourse, addUser } from './support/moodle/seed';

let moodle: Moodle;
afterEach(() => moodle.stop());
const start = async (options: MoodleOptions = {}): Promise<void> => {
  moodle = await Moodle.start(options);
};

const call = async (wsfunction: string, params: object = {}): Promise<unknown> =>
  (await ask(moodle, wsfunction, params)).json;
const user = (name: string, rest: object = {}) => ({
  username: name,
  createpassword: true,
  firstname: 'F',
  lastname: 'L',
  email: `${name}@example.com`,
  idnumber: `zoho-${name}`,
  ...rest,
});
const times = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_none, number) => make(number));
const courseOf = (shortname: string): number => addCourse(moodle.site, { shortname }).id;
const userOf = (username: string): number => addUser(moodle.site, { username }).id;
const enrol = (userid: number, courseid: number, rest: object = {}): Promise<unknown> =>
  call('enrol_manual_enrol_users', { enrolments: [{ roleid: 5, userid, courseid, ...rest }] });
const enrolled = async (courseid: number, options: Record<string, string | number> = {}): Promise<number[]> =>
  (
    (await call('core_enrol_get_enrolled_users', {
      courseid,
      options: Object.entries(options).map(([name, value]) => ({ name, value })),
    })) as { id: number }[]
  ).map(({ id }) => id);
const failure = (errorcode: string): unknown => expect.objectContaining({ errorcode });

describe('what PHP leaves of a form', () => {
  it('drops users in silence', async () => {
    await start({ maxInputVars: 5000 });
    const users = times(1000, (n) => user(`u${n}`));
    expect(await call('core_user_create_users', { users })).toHaveLength(833);
    expect(moodle.calls[0]).toMatchObject({ variables: 6003, params: { users: { length: 833 } } });
  });

  it('drops enrolments in silence', async () => {
    await start({ maxInputVars: 5000 });
    const courseid = courseOf('C');
    const userids = times(1700, (n) => userOf(`u${n}`));
    const enrolments = userids.map((userid) => ({ roleid: 5, userid, courseid }));
    expect(await call('enrol_manual_enrol_users', { enrolments })).toBeNull();
    expect(moodle.site.enrolments.all()).toHaveLength(1666);
  });

  it('is a thousand variables and one, unless the site raised it', async () => {
    await start();
    const userids = times(1200, (n) => userOf(`u${n}`));
    expect(await call('core_user_get_users_by_field', { field: 'id', values: userids })).toHaveLength(997);
  });

  it('loses a token that comes last', async () => {
    await start({ maxInputVars: 10 });
    const values = times(20, (n) => `values[${n}]=${n}`).join('&');
    const late = `wsfunction=core_user_get_users_by_field&moodlewsrestformat=json&field=id&${values}&wstoken=${moodle.token}`;
    const response = await post(late, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(await response.json()).toEqual(failure('invalidtoken'));
  });

  it.each([
    ['JSON', (token: string) => JSON.stringify({ wstoken: token, wsfunction: 'core_webservice_get_site_info' })],
    ['another type', (token: string) => `wstoken=${token}&wsfunction=core_webservice_get_site_info`],
  ])('is nothing of %s, and a bearer token is not read', async (_name, bodyWith) => {
    await start();
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${moodle.token}` };
    const response = await post(bodyWith(moodle.token), headers);
    expect(await response.text()).toContain('<ERRORCODE>invalidtoken</ERRORCODE>');
  });

  const post = (body: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`${moodle.url}/webservice/rest/server.php`, { method: 'POST', body, headers });

  it('refuses NUL, an unknown key and an empty number', async () => {
    await start();
    for (const rest of [{ idnumber: 'a\0' }, { bogus: 'x' }, { mailformat: '' }])
      expect(await call('core_user_create_users', { users: [user('a', rest)] })).toEqual(failure('invalidparameter'));
    expect(await call('core_user_create_users', { users: [user('a')] })).toHaveLength(1);
  });
});

describe('users', () => {
  it('of a batch that fails there is none, and the ids are used up', async () => {
    await start();
    const users = [user('a'), user('b', { email: 'nonsense' })];
    expect(await call('core_user_create_users', { users })).toEqual(failure('invalidparameter'));
    expect(await call('core_user_get_users_by_field', { field: 'username', values: ['a', 'b'] })).toEqual([]);
    expect(await call('core_user_create_users', { users: [user('a')] })).toEqual([{ id: 5, username: 'a' }]);
  });

  it('may have one idnumber twice, which the duplicates tell', async () => {
    await start();
    await call('core_user_create_users', { users: [user('a'), user('b', { idnumber: 'zoho-a' })] });
    expect(moodle.duplicates()).toEqual([{ of: 'user', by: 'idnumber', value: 'zoho-a', ids: [4, 5] }]);
  });

  it('are updated one by one', async () => {
    await start();
    const [a, b] = [userOf('a'), userOf('b')];
    const users = [
      { id: a, firstname: 'New', email: 'B@Example.com' },
      { id: b, firstname: 'New', email: 'B@Example.com' },
    ];
    expect(await call('core_user_update_users', { users })).toMatchObject({
      warnings: [{ itemid: a, warningcode: 'useremailduplicate' }],
    });
    expect([a, b].map((id) => moodle.site.users.get(id)?.firstname)).toEqual(['a', 'New']);
  });

  it('leave their username, their e-mail and all that they were in when they are deleted', async () => {
    await start();
    const [courseid, id] = [courseOf('C'), userOf('a')];
    await enrol(id, courseid);
    expect(await call('core_user_delete_users', { userids: [id] })).toBeNull();
    expect(await enrolled(courseid)).toEqual([]);
    expect(moodle.site.roleAssignments.all()).toEqual([]);
    expect(await call('core_user_create_users', { users: [user('a')] })).toHaveLength(1);
    expect(await call('core_user_get_users_by_field', { field: 'id', values: [id] })).toMatchObject([
      { username: expect.stringMatching(/^a@example\.com\.\d+$/) },
    ]);
    expect(await call('core_user_delete_users', { userids: [id] })).toEqual(failure('invalidrecordunknown'));
  });
});

describe('courses', () => {
  const course = (shortname: string, rest: object = {}) => ({ fullname: shortname, shortname, categoryid: 1, ...rest });
  const endOf = (shortname: string): number | undefined =>
    moodle.site.courses.find((each) => each.shortname === shortname)?.enddate;

  it('of weeks end when their sections do, unless that is switched off', async () => {
    await start();
    const dates = { startdate: 1_767_225_600, enddate: 1_782_864_000 };
    const weeks = { format: 'weeks', numsections: 2, ...dates };
    const courseformatoptions = [{ name: 'automaticenddate', value: 0 }];
    await call('core_course_create_courses', {
      courses: [course('W', weeks), course('OFF', { ...weeks, courseformatoptions }), course('T', dates)],
    });
    expect(['W', 'OFF', 'T'].map(endOf)).toEqual([1_768_435_200, dates.enddate, dates.enddate]);
    const id = moodle.site.courses.find(({ shortname }) => shortname === 'W')?.id;
    await call('core_course_update_courses', { courses: [{ id, enddate: dates.enddate }] });
    expect(endOf('W')).toBe(1_768_435_200);
  });

  it('that are deleted take with them what is in them', async () => {
    await start();
    const [courseid, userid] = [courseOf('C'), userOf('a')];
    await enrol(userid, courseid);
    await call('core_group_create_groups', { groups: [{ courseid, name: 'G', description: '' }] });
    await call('core_group_add_group_members', { members: [{ groupid: 1, userid }] });
    expect(await call('core_course_delete_courses', { courseids: [courseid] })).toEqual({ warnings: [] });
    const { site } = moodle;
    for (const table of [site.enrolments, site.groups, site.groupMembers, site.roleAssignments, site.sections])
      expect(table.all()).toEqual([]);
    expect(await enrol(userid, courseid)).toEqual(failure('invalidparameter'));
  });
});

describe('sections', () => {
  const add = (courseid: number): Promise<unknown> =>
    call('core_courseformat_update_course', { action: 'section_add', courseid });
  const names = async (courseid: number): Promise<unknown[]> =>
    ((await call('core_course_get_contents', { courseid })) as { name: string }[]).map(({ name }) => name);

  it('may be as many as one likes', async () => {
    await start({ maxsections: 2 });
    const courseid = courseOf('C');
    for (const id of [2, 3, 4]) expect(await add(courseid)).toContain(`"id":"${id}"`);
    expect(await names(courseid)).toHaveLength(4);
  });

  it('were counted before Moodle 5.1', async () => {
    await start({ maxsections: 2, release: '4.5+ (Build: 20250613)' });
    const courseid = courseOf('C');
    for (const id of [2, 3]) expect(await add(courseid)).toContain(`"id":"${id}"`);
    expect(await add(courseid)).toEqual(failure('maxsectionslimit'));
    expect(await names(courseid)).toHaveLength(3);
  });

  it('are listed though hidden to those who may see them', async () => {
    await start();
    const courseid = courseOf('C');
    await add(courseid);
    await call('core_courseformat_update_course', { action: 'section_hide', courseid, ids: [2] });
    expect(await names(courseid)).toEqual(['General']);
    moodle.giveCapability('moodle/course:viewhiddensections');
    expect(await names(courseid)).toEqual(['General', 'New section']);
  });
});

describe('enrolments', () => {
  it('have reset what is left out, and gather roles', async () => {
    await start();
    const [courseid, userid] = [courseOf('C'), userOf('a')];
    await enrol(userid, courseid, { timestart: 100, timeend: 4_000_000_000, suspend: 1 });
    expect(moodle.site.enrolments.all()).toMatchObject([{ timestart: 100, timeend: 4_000_000_000, suspended: true }]);
    await enrol(userid, courseid, { roleid: 3 });
    expect(moodle.site.enrolments.all()).toMatchObject([{ timestart: 0, timeend: 0, suspended: false }]);
    expect(await call('core_enrol_get_enrolled_users', { courseid })).toMatchObject([
      { roles: [{ roleid: 3 }, { roleid: 5 }] },
    ]);
  });

  it('of a batch that fails are none', async () => {
    await start();
    const [courseid, userid] = [courseOf('C'), userOf('a')];
    const enrolments = [userid, 999].map((id) => ({ roleid: 5, userid: id, courseid }));
    expect(await call('enrol_manual_enrol_users', { enrolments })).toEqual(failure('invalidrecordunknown'));
    expect(moodle.site.enrolments.all()).toEqual([]);
    expect(moodle.site.roleAssignments.all()).toEqual([]);
  });

  it('end with their roles and groups, and end again', async () => {
    await start();
    const [courseid, userid] = [courseOf('C'), userOf('a')];
    await enrol(userid, courseid);
    await call('core_group_create_groups', { groups: [{ courseid, name: 'G', description: '' }] });
    await call('core_group_add_group_members', { members: [{ groupid: 1, userid }] });
    for (let time = 1; time <= 2; time += 1)
      expect(await call('enrol_manual_unenrol_users', { enrolments: [{ userid, courseid }] })).toBeNull();
    expect(await call('core_group_get_group_members', { groupids: [1] })).toEqual([{ groupid: 1, userids: [] }]);
    expect(moodle.site.roleAssignments.all()).toEqual([]);
    expect(await enrolled(courseid)).toEqual([]);
    const withRole = { enrolments: [{ userid, courseid, roleid: 5 }] };
    expect(await call('enrol_manual_unenrol_users', withRole)).toEqual(failure('invalidparameter'));
  });

  it('are active while they run', async () => {
    await start();
    const courseid = courseOf('C');
    const now = Math.floor(Date.now() / 1000);
    const [runs, ended, suspended] = ['a', 'b', 'c'].map(userOf) as [number, number, number];
    await enrol(runs, courseid, { timestart: now - 100, timeend: now + 100_000 });
    await enrol(ended, courseid, { timeend: now - 100 });
    await enrol(suspended, courseid, { suspend: 1 });
    expect(await enrolled(courseid)).toEqual([runs, ended, suspended]);
    expect(await enrolled(courseid, { onlyactive: 1 })).toEqual([runs]);
    expect(await enrolled(courseid, { onlysuspended: 1 })).toEqual([ended, suspended]);
    expect(await enrolled(courseid, { limitfrom: 1, limitnumber: 1 })).toEqual([ended]);
    expect(await call('core_enrol_get_enrolled_users', fieldsOf(courseid, 'username,roles'))).toMatchObject([
      { id: runs, username: 'a', fullname: 'a User', roles: [{ roleid: 5 }] },
      {},
      {},
    ]);
    const [first] = (await call('core_enrol_get_enrolled_users', fieldsOf(courseid, 'username'))) as [object];
    expect(Object.keys(first).toSorted()).toEqual(['fullname', 'id', 'username']);
  });
  const fieldsOf = (courseid: number, value: string) => ({ courseid, options: [{ name: 'userfields', value }] });
});

describe('groups and cohorts', () => {
  it('take nobody of a batch in which one is not enrolled', async () => {
    await start();
    const [courseid, a, b] = [courseOf('C'), userOf('a'), userOf('b')];
    await enrol(a, courseid);
    await call('core_group_create_groups', { groups: [{ courseid, name: 'G', description: '' }] });
    const members = [a, b].map((userid) => ({ groupid: 1, userid }));
    expect(await call('core_group_add_group_members', { members })).toEqual(failure('invalidparameter'));
    expect(await call('core_group_get_group_members', { groupids: [1] })).toEqual([{ groupid: 1, userids: [] }]);
    expect(await call('core_group_add_group_members', { members: members.slice(0, 1) })).toBeNull();
    expect(await call('core_enrol_get_enrolled_users', { courseid })).toMatchObject([{ groups: [{ name: 'G' }] }]);
  });

  it('keep the good members of a cohort, and warn of the others', async () => {
    await start();
    const [a] = [userOf('a')];
    const categorytype = { type: 'system', value: '' };
    await call('core_cohort_create_cohorts', { cohorts: [{ categorytype, name: 'K', idnumber: 'k' }] });
    const cohorttype = { type: 'idnumber', value: 'k' };
    const members = ['a', 'nobody', 'a'].map((value) => ({ cohorttype, usertype: { type: 'username', value } }));
    expect(await call('core_cohort_add_cohort_members', { members })).toMatchObject({
      warnings: [{ warningcode: '2' }, { warningcode: '3' }],
    });
    expect(await call('core_cohort_get_cohort_members', { cohortids: [1] })).toEqual([{ cohortid: 1, userids: [a] }]);
  });

  it('show no more than 25 cohorts to a search', async () => {
    await start();
    const categorytype = { type: 'system', value: '' };
    const cohorts = times(30, (n) => ({ categorytype, name: `Class ${n}`, idnumber: `k${n}` }));
    await call('core_cohort_create_cohorts', { cohorts });
    const query = { query: 'class', context: { contextlevel: 'system' } };
    expect(await call('core_cohort_search_cohorts', query)).toMatchObject({ cohorts: { length: 25 } });
    expect(await call('core_cohort_search_cohorts', { ...query, limitnum: 0 })).toMatchObject({
      cohorts: { length: 30 },
    });
    // The second page, and not what follows the first one found.
    const page = await call('core_cohort_search_cohorts', { ...query, limitfrom: 1 });
    expect(page).toMatchObject({ cohorts: { length: 5 } });
  });

  it('tell the name of a cohort as it stands in a page', async () => {
    await start();
    const cohorts = [{ categorytype: { type: 'system', value: '' }, name: 'Arts & Media', idnumber: 'k' }];
    await call('core_cohort_create_cohorts', { cohorts });
    const query = { query: 'Arts & M', context: { contextlevel: 'system' } };
    expect(await call('core_cohort_search_cohorts', query)).toMatchObject({ cohorts: [{ name: 'Arts &amp; Media' }] });
  });
});

it('grades are cut at the maximum, and a student whom nobody knows is passed over', async () => {
  await start();
  const [courseid, userid] = [courseOf('C'), userOf('a')];
  await enrol(userid, courseid);
  const activity = addActivity(moodle.site, { course: courseid, modname: 'assign', name: 'Final', grademax: 50 });
  const update = { source: 'sis', courseid, component: 'mod_assign', activityid: activity.id, itemnumber: 0 };
  const grades = [
    { studentid: userid, grade: 77.5 },
    { studentid: 999, grade: 1 },
  ];
  expect(await call('core_grades_update_grades', { ...update, grades })).toBe(0);
  expect(await call('gradereport_user_get_grade_items', { courseid, userid })).toMatchObject({
    usergrades: [
      { gradeitems: [{ itemname: 'Final', graderaw: 50, gradeformatted: '50.00' }, { itemtype: 'course' }] },
    ],
  });
  expect(moodle.site.grades.all()).toHaveLength(1);
});

it('grades that are locked fail the call, and the others are taken', async () => {
  await start();
  const [courseid, a, b] = [courseOf('C'), userOf('a'), userOf('b')];
  const { id } = addActivity(moodle.site, { course: courseid, modname: 'assign', name: 'Final', grademax: 50 });
  const update = { source: 'sis', courseid, component: 'mod_assign', activityid: id, itemnumber: 0 };
  const gradesOf = (grade: number) => [a, b].map((studentid) => ({ studentid, grade, str_feedback: 'Clear' }));
  expect(await call('core_grades_update_grades', { ...update, grades: gradesOf(10) })).toBe(0);
  moodle.site.grades.change(moodle.site.grades.all()[0]?.id ?? 0, { locked: true });
  expect(await call('core_grades_update_grades', { ...update, grades: gradesOf(20) })).toBe(1);
  expect(moodle.site.grades.all()).toMatchObject([
    { rawgrade: 10, feedback: '' },
    { rawgrade: 20, feedback: '' },
  ]);
  moodle.takeAwayCapability('moodle/grade:edit');
  expect(await call('core_grades_update_grades', { ...update, grades: gradesOf(30) })).toEqual(
    failure('nopermissiontoviewgrades'),
  );
});

describe('races', () => {
  const six = (wsfunction: string, params: object): Promise<unknown[]> =>
    Promise.all(times(6, () => call(wsfunction, params)));
  const courses = [{ fullname: 'C', shortname: 'C', idnumber: 'c', categoryid: 1 }];

  it('are none unless they are asked for', async () => {
    await start();
    await six('core_course_create_courses', { courses });
    expect(moodle.duplicates()).toEqual([]);
  });

  it.each([
    ['core_course_create_courses', { courses }, ['idnumber', 'shortname']],
    ['core_group_create_groups', { groups: [{ courseid: 2, name: 'G', description: '' }] }, ['name']],
    ['core_course_create_categories', { categories: [{ name: 'C', idnumber: 'c' }] }, ['idnumber']],
  ])('of %s make six of one', async (wsfunction, params, by) => {
    await start();
    courseOf('other');
    moodle.inserts.hold();
    const answers = six(wsfunction, params);
    await moodle.inserts.reached(6);
    moodle.inserts.release();
    expect(await answers).toEqual(times(6, () => [expect.objectContaining({ id: expect.any(Number) })]));
    expect(moodle.duplicates()).toMatchObject(by.map((key) => ({ by: key, ids: { length: 6 } })));
  });

  it('for one username are won by one', async () => {
    await start();
    moodle.inserts.hold();
    const answers = six('core_user_create_users', { users: [user('a')] });
    await moodle.inserts.reached(6);
    moodle.inserts.release();
    const failed = (await answers).filter((answer) => !Array.isArray(answer));
    expect(failed).toEqual(times(5, () => failure('dmlwriteexception')));
    expect(moodle.duplicates()).toEqual([]);
  });

  it('for one e-mail are won by many, and the site can be so by itself', async () => {
    await start({ racy: true });
    const users = times(6, (n) => user(`u${n}`, { email: 'one@example.com' }));
    await Promise.all(users.map((each) => call('core_user_create_users', { users: [each] })));
    expect(moodle.duplicates()).toMatchObject([{ of: 'user', by: 'email', value: 'one@example.com' }]);
  });

  it('for one enrolment leave one', async () => {
    await start({ racy: true });
    const [courseid, userid] = [courseOf('C'), userOf('a')];
    await Promise.all(times(6, () => enrol(userid, courseid)));
    expect(moodle.site.enrolments.all()).toHaveLength(1);
  });
});
