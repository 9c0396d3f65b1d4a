import { allSections, titleOf } from './functions/section-names';
import type { Category, Course, Enrolment, Group, Section, User } from './rows';
import type { Site } from './site';

/** A fresh site has a guest, an administrator and the service's user, a category, and itself as a course. */
const FRESH = { users: 3, categories: 1, courses: 1 };

interface MadeCourse extends Course {
  /** In the order of the page; a hidden one is among them. */
  readonly sections: readonly { readonly id: number; readonly name: string; readonly visible: boolean }[];
}
interface MadeGroup extends Group {
  /** By ID number. */
  readonly members: readonly string[];
}
interface MadeEnrolment extends Enrolment {
  /** Whose, by ID number. */
  readonly person: string;
  /** Where, by ID number. */
  readonly course: string;
  readonly roles: readonly number[];
}

/** All that a site has and a fresh one has not, by the ID numbers under which a sync knows it. */
export class Made {
  constructor(private readonly site: Site) {}

  get users(): User[] {
    return this.site.users.filter(({ id, deleted }) => id > FRESH.users && !deleted);
  }

  get categories(): Category[] {
    return this.site.categories.filter(({ id }) => id > FRESH.categories);
  }

  get courses(): MadeCourse[] {
    const made = this.site.courses.filter(({ id }) => id > FRESH.courses);
    return made.map((course) => ({ ...course, sections: allSections(this.site, course.id).map(asShown) }));
  }

  get groups(): MadeGroup[] {
    return this.site.groups.all().map((group) => {
      const members = this.site.groupMembers.filter(({ groupid }) => groupid === group.id);
      return { ...group, members: members.map(({ userid }) => this.idnumberOf(userid)).toSorted() };
    });
  }

  get enrolments(): MadeEnrolment[] {
    return this.site.enrolments.all().map((enrolment) => ({
      ...enrolment,
      person: this.idnumberOf(enrolment.userid),
      course: this.site.courses.get(enrolment.courseid)?.idnumber ?? '',
      roles: this.rolesOf(enrolment),
    }));
  }

  user(idnumber: string): User | undefined {
    return this.users.find((user) => user.idnumber === idnumber);
  }

  /** In that course, or in any. */
  enrolment(person: string, course?: string): MadeEnrolment | undefined {
    return this.enrolments.find((each) => each.person === person && each.course === (course ?? each.course));
  }

  isMember(person: string, group: string): boolean {
    return this.groups.some(({ idnumber, members }) => idnumber === group && members.includes(person));
  }

  private idnumberOf(userid: number): string {
    return this.site.users.get(userid)?.idnumber ?? '';
  }

  private rolesOf({ userid, courseid }: Enrolment): number[] {
    return this.site.roleAssignments
      .filter((role) => role.userid === userid && role.contextlevel === 'course' && role.instanceid === courseid)
      .map(({ roleid }) => roleid);
  }
}

const asShown = (section: Section) => ({
  id: section.id,
  name: titleOf(section),
  visible: section.visible,
});
