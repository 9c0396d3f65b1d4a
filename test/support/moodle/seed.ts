import type { Activity, Category, Course, Group, Section, User } from './rows';
import type { Site } from './site';

type Part<R, Needed extends keyof R> = Partial<Omit<R, 'id'>> & Pick<R, Needed>;

const DAY = 86_400;
/** The length of a course for which nobody named an end. */
const COURSE_DURATION = 365 * DAY;

/** As if an administrator had made it. */
export function addUser(site: Site, user: Part<User, 'username'>): User {
  return site.users.insert({
    auth: 'manual',
    firstname: user.username,
    lastname: 'User',
    email: `${user.username}@example.com`,
    idnumber: '',
    institution: '',
    department: '',
    phone1: '',
    phone2: '',
    address: '',
    city: '',
    country: '',
    lang: 'en',
    suspended: false,
    deleted: false,
    customfields: {},
    ...user,
  });
}

export const addCategory = (site: Site, category: Part<Category, 'name'>): Category =>
  site.categories.insert({
    idnumber: '',
    description: '',
    descriptionformat: 1,
    parent: 0,
    timemodified: site.now(),
    ...category,
  });

/** With its first section and the forum "Announcements" in it, as every new course. */
export function addCourse(site: Site, course: Part<Course, 'shortname'>, numsections = 0): Course {
  const made = site.courses.insert({
    ...courseDefaults(site, course.startdate),
    fullname: course.shortname,
    ...course,
  });
  const [general] = Array.from({ length: numsections + 1 }, (_none, number) => addSection(site, made.id, number));
  if (general !== undefined && made.newsitems > 0)
    addActivity(site, { course: made.id, section: general.id, modname: 'forum', name: 'Announcements' });
  return made;
}

function courseDefaults(site: Site, start: number | undefined): Omit<Course, 'id' | 'shortname' | 'fullname'> {
  const startdate = start ?? Math.floor(site.now() / DAY) * DAY;
  return {
    idnumber: '',
    category: 1,
    format: 'topics',
    summary: '',
    summaryformat: 1,
    startdate,
    enddate: startdate + COURSE_DURATION,
    visible: 1,
    groupmode: 0,
    groupmodeforce: 0,
    newsitems: 5,
    showgrades: 1,
    enablecompletion: 1,
    automaticenddate: true,
    manual: true,
    timecreated: site.now(),
    timemodified: site.now(),
  };
}

export const addSection = (site: Site, course: number, number: number): Section =>
  site.sections.insert({ course, section: number, name: null, summary: '', visible: true });

/** An activity comes from a teacher; a sync may only grade in it. */
export const addActivity = (site: Site, activity: Part<Activity, 'course' | 'modname' | 'name'>): Activity =>
  site.activities.insert({
    section: site.sections.find((section) => section.course === activity.course)?.id ?? 0,
    grademax: null,
    ...activity,
  });

/** As where people have long been at work: no id is also one of another table, so that none can be taken for another's. */
export function keepIdsApart(site: Site): void {
  for (const [at, table] of site.tables.entries()) table.startAt(10_000 * (at + 1));
}

/** Without an ID number, as somebody makes one by hand. */
export const addGroup = (site: Site, group: Part<Group, 'courseid' | 'name'>): Group =>
  site.groups.insert({
    idnumber: '',
    description: '',
    descriptionformat: 1,
    visibility: 0,
    participation: true,
    ...group,
  });

export function fillFreshSite(site: Site): void {
  addUser(site, { username: 'guest', firstname: 'Guest user', lastname: ' ', email: 'root@localhost' });
  addUser(site, { username: 'admin', firstname: 'Admin', lastname: 'User' });
  addUser(site, { username: 'svc_sis', firstname: 'SIS', lastname: 'Service' });
  addCategory(site, { name: 'Category 1' });
  site.courses.insert({
    ...courseDefaults(site, 0),
    shortname: 'site',
    fullname: 'Moodle 5.1 test',
    category: 0,
    format: 'site',
    enddate: 0,
    manual: false,
  });
}
