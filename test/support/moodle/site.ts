import { CAPABILITIES, type Capability } from './capabilities';
import { noPermission } from './exceptions';
import { InsertHold } from './insert-hold';
import type {
  Activity,
  Category,
  Cohort,
  CohortMember,
  Course,
  Enrolment,
  Grade,
  Group,
  GroupMember,
  RoleAssignment,
  Section,
  User,
} from './rows';
import { fillFreshSite } from './seed';
import { Table } from './table';

/** A fresh site's roles that the tests meet; no function lists them. */
export const ROLES: ReadonlyMap<number, string> = new Map([
  [1, 'manager'],
  [2, 'coursecreator'],
  [3, 'editingteacher'],
  [4, 'teacher'],
  [5, 'student'],
]);

export interface SiteSettings {
  readonly release: string;
  readonly version: string;
  /** How many sections a course may have; Moodle 5.1 has no such limit any more. */
  readonly maxsections: number;
  /** What the service user may assign in a course. */
  readonly assignableRoles: readonly number[];
  readonly languages: readonly string[];
  /** The profile fields that the site has: short name and name. */
  readonly profileFields: Readonly<Record<string, string>>;
  /** Whether calls at the same time come between the check and the insert of a create, as they do in Moodle. */
  readonly racy: boolean;
  /** Milliseconds. */
  readonly now: () => number;
}

export const DEFAULT_SETTINGS: SiteSettings = {
  release: '5.1+ (Build: 20251017)',
  version: '2025100600.02',
  maxsections: 52,
  assignableRoles: [3, 4, 5],
  languages: ['en'],
  profileFields: { sis_id: 'SIS ID', dept_code: 'Department' },
  racy: false,
  now: Date.now,
};

/** All that a Moodle site remembers. */
export class Site {
  /** Moodle compares addresses here without regard to case, there with. */
  readonly users = new Table<User, 'idnumber' | 'username' | 'email'>({
    idnumber: ({ idnumber }) => idnumber,
    username: ({ username }) => username,
    email: ({ email }) => email.toLowerCase(),
  });
  readonly categories = new Table<Category>();
  readonly courses = new Table<Course>();
  readonly sections = new Table<Section>();
  readonly activities = new Table<Activity>();
  readonly grades = new Table<Grade>();
  readonly enrolments = new Table<Enrolment>();
  readonly roleAssignments = new Table<RoleAssignment>();
  readonly groups = new Table<Group>();
  readonly groupMembers = new Table<GroupMember>();
  readonly cohorts = new Table<Cohort>();
  readonly cohortMembers = new Table<CohortMember>();
  readonly inserts: InsertHold;
  /** Hidden sections stay hidden from a service user who is not given more than a sync needs. */
  readonly lacking = new Set<Capability>(['moodle/course:viewhiddensections']);

  constructor(public settings: SiteSettings) {
    this.inserts = new InsertHold(settings.racy);
    fillFreshSite(this);
  }

  get tables() {
    const { users, categories, courses, sections, activities, grades } = this;
    const { enrolments, roleAssignments, groups, groupMembers, cohorts, cohortMembers } = this;
    const inCourses = [enrolments, roleAssignments, groups, groupMembers] as const;
    return [users, categories, courses, sections, activities, grades, ...inCourses, cohorts, cohortMembers] as const;
  }

  /** Everything as it is at this moment. */
  contents(): object[][] {
    return this.tables.map((table) => table.all());
  }

  /** Seconds. */
  now(): number {
    return Math.floor(this.settings.now() / 1000);
  }

  may(capability: Capability): boolean {
    return !this.lacking.has(capability);
  }

  require(capability: Capability): void {
    if (!this.may(capability)) throw noPermission(CAPABILITIES[capability]);
  }
}

export const SITE_URL = 'https://moodle.example';
