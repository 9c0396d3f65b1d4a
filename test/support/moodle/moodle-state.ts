/** What a site holds. */
export interface User {
  id: number;
  username: string;
  firstname: string;
  lastname: string;
  email: string;
  idnumber: string;
  auth: string;
  suspended: boolean;
  deleted: boolean;
}
export interface Category {
  id: number;
  name: string;
  idnumber: string;
  parent: number;
}
interface Section {
  id: number;
  name: string;
  visible: boolean;
}
export interface Course {
  id: number;
  fullname: string;
  shortname: string;
  idnumber: string;
  categoryid: number;
  visible: boolean;
  format: string;
  startdate: number;
  enddate: number;
  sections: Section[];
  hasManualEnrolment: boolean;
}
export interface Enrolment {
  userid: number;
  courseid: number;
  roles: Set<number>;
  timestart: number;
  timeend: number;
  suspended: boolean;
}
export interface Group {
  id: number;
  courseid: number;
  name: string;
  description: string;
  idnumber: string;
  members: Set<number>;
}

export class MoodleState {
  readonly users: User[] = [];
  readonly categories: Category[] = [{ id: 1, name: 'Category 1', idnumber: '', parent: 0 }];
  readonly courses: Course[] = [];
  readonly enrolments: Enrolment[] = [];
  readonly groups: Group[] = [];
  /** Before 5.1 a course has no more sections than this. */
  maxSections = Infinity;
  version = '2025100600';
  /** functions that are not in the service */
  readonly withheld = new Set<string>();
  private lastId = 3;
  private readonly deletedSections = new Set<number>();

  /** One sequence for everything, so that no id is taken for another's. */
  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  addUser(user: Partial<User>): User {
    const id = this.nextId();
    const added = {
      id,
      username: `user${id}`,
      firstname: 'First',
      lastname: 'Last',
      email: `user${id}@moodle.example`,
      idnumber: '',
      auth: 'manual',
      suspended: false,
      deleted: false,
      ...user,
    };
    this.users.push(added);
    return added;
  }

  addCourse(course: Partial<Course>): Course {
    const id = this.nextId();
    const added = {
      id,
      fullname: `Course ${id}`,
      shortname: `course${id}`,
      idnumber: '',
      categoryid: 1,
      visible: true,
      format: 'topics',
      startdate: 0,
      enddate: 0,
      sections: [{ id: this.nextId(), name: 'General', visible: true }],
      hasManualEnrolment: true,
      ...course,
    };
    this.courses.push(added);
    return added;
  }

  wasSection = (id: number): boolean => this.deletedSections.has(id);

  forgetSection(course: Course, id: number): void {
    course.sections = course.sections.filter((section) => section.id !== id);
    this.deletedSections.add(id);
  }

  course = (id: number): Course | undefined => this.courses.find((course) => course.id === id);
  user = (id: number): User | undefined => this.users.find((user) => user.id === id);
  group = (id: number): Group | undefined => this.groups.find((group) => group.id === id);
  enrolment = (userid: number, courseid: number): Enrolment | undefined =>
    this.enrolments.find((enrolment) => enrolment.userid === userid && enrolment.courseid === courseid);
}
