import { contextNotValid, missingRecord } from '../exceptions';
import type { Activity, User } from '../rows';
import type { Site } from '../site';
import { fullnameOf } from './user-details';

interface Wanted {
  readonly courseid: number;
  /** 0 for all who are graded. */
  readonly userid: number;
}

export function getGradeItems({ courseid, userid }: Wanted, site: Site): unknown {
  if (site.courses.get(courseid) === undefined) throw contextNotValid('course', courseid);
  const users = userid === 0 ? gradedUsers(site, courseid) : [existing(site, userid)];
  return { usergrades: users.map((user) => userGrades(site, user, courseid)), warnings: [] };
}

function existing(site: Site, id: number): User {
  const user = site.users.get(id);
  if (user === undefined || user.deleted) throw missingRecord();
  return user;
}

const STUDENT = 5;

const gradedUsers = (site: Site, courseid: number): User[] =>
  site.users.filter(
    ({ id }) =>
      site.enrolments.some((each) => each.courseid === courseid && each.userid === id) &&
      site.roleAssignments.some(
        (each) =>
          each.instanceid === courseid &&
          each.contextlevel === 'course' &&
          each.userid === id &&
          each.roleid === STUDENT,
      ),
  );

const userGrades = (site: Site, user: User, courseid: number): object => ({
  courseid,
  courseidnumber: site.courses.get(courseid)?.idnumber ?? '',
  userid: user.id,
  userfullname: fullnameOf(user),
  useridnumber: user.idnumber,
  maxdepth: 2,
  gradeitems: gradeItems(site, user, courseid),
});

function gradeItems(site: Site, user: User, courseid: number): object[] {
  const graded = site.activities.filter(({ course, grademax }) => course === courseid && grademax !== null);
  const items = graded.map((activity) => activityItem(site, activity, user));
  const grades = items.flatMap(({ graderaw }) => graderaw ?? []);
  const total = grades.length === 0 ? null : grades.reduce((sum, each) => sum + each, 0);
  const totalMax = graded.reduce((sum, { grademax }) => sum + (grademax ?? 0), 0);
  const course = {
    id: courseid,
    itemname: null,
    itemtype: 'course',
    itemmodule: null,
    iteminstance: 1,
    itemnumber: null,
  };
  return [...items, { ...course, idnumber: null, categoryid: null, ...gradeOf(total, totalMax, null, '') }];
}

function activityItem(site: Site, activity: Activity, user: User) {
  const grade = site.grades.find((each) => each.activity === activity.id && each.userid === user.id);
  return {
    id: 1000 + activity.id,
    itemname: activity.name,
    itemtype: 'mod',
    itemmodule: activity.modname,
    iteminstance: activity.id,
    itemnumber: 0,
    idnumber: '',
    categoryid: 1,
    cmid: activity.id,
    ...gradeOf(grade?.rawgrade ?? null, activity.grademax ?? 0, grade?.timemodified ?? null, grade?.feedback ?? ''),
  };
}

const gradeOf = (graderaw: number | null, grademax: number, graded: number | null, feedback: string) => ({
  outcomeid: null,
  scaleid: null,
  locked: false,
  graderaw,
  gradedatesubmitted: null,
  gradedategraded: graded,
  gradehiddenbydate: false,
  gradeneedsupdate: false,
  gradeishidden: false,
  gradeislocked: false,
  gradeisoverridden: false,
  gradeformatted: graderaw === null ? '-' : graderaw.toFixed(2),
  grademin: 0,
  grademax,
  rangeformatted: `0&ndash;${grademax}`,
  percentageformatted: graderaw === null || grademax === 0 ? '-' : `${((100 * graderaw) / grademax).toFixed(2)} %`,
  feedback,
  feedbackformat: 0,
});
