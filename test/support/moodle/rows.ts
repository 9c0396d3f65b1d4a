export interface User {
  readonly id: number;
  readonly username: string;
  readonly auth: string;
  readonly firstname: string;
  readonly lastname: string;
  readonly email: string;
  readonly idnumber: string;
  readonly institution: string;
  readonly department: string;
  readonly phone1: string;
  readonly phone2: string;
  readonly address: string;
  readonly city: string;
  readonly country: string;
  readonly lang: string;
  readonly suspended: boolean;
  readonly deleted: boolean;
  /** By short name. */
  readonly customfields: Readonly<Record<string, string>>;
}

export interface Category {
  readonly id: number;
  readonly name: string;
  readonly idnumber: string;
  readonly description: string;
  readonly descriptionformat: number;
  readonly parent: number;
  readonly timemodified: number;
}

export interface Course {
  readonly id: number;
  readonly fullname: string;
  readonly shortname: string;
  readonly idnumber: string;
  readonly category: number;
  readonly format: string;
  readonly summary: string;
  readonly summaryformat: number;
  readonly startdate: number;
  readonly enddate: number;
  readonly visible: number;
  readonly groupmode: number;
  readonly groupmodeforce: number;
  readonly newsitems: number;
  readonly showgrades: number;
  readonly enablecompletion: number;
  /** Of the format "weeks": the end follows from the number of sections. */
  readonly automaticenddate: boolean;
  /** Without the manual enrolment method nobody can be enrolled by a web service. */
  readonly manual: boolean;
  readonly timecreated: number;
  readonly timemodified: number;
}

export interface Section {
  readonly id: number;
  readonly course: number;
  readonly section: number;
  readonly name: string | null;
  readonly summary: string;
  readonly visible: boolean;
}

export interface Activity {
  /** The course module's id. */
  readonly id: number;
  readonly course: number;
  readonly section: number;
  readonly modname: string;
  readonly name: string;
  /** None for an activity that is not graded. */
  readonly grademax: number | null;
}

export interface Grade {
  readonly id: number;
  readonly activity: number;
  readonly userid: number;
  readonly rawgrade: number | null;
  readonly feedback: string;
  readonly locked: boolean;
  readonly timemodified: number;
}

export interface Enrolment {
  readonly id: number;
  readonly courseid: number;
  readonly userid: number;
  readonly timestart: number;
  readonly timeend: number;
  readonly suspended: boolean;
}

export interface RoleAssignment {
  readonly id: number;
  readonly roleid: number;
  readonly userid: number;
  readonly contextlevel: string;
  readonly instanceid: number;
}

export interface Group {
  readonly id: number;
  readonly courseid: number;
  readonly name: string;
  readonly idnumber: string;
  readonly description: string;
  readonly descriptionformat: number;
  readonly visibility: number;
  readonly participation: boolean;
}

export interface GroupMember {
  readonly id: number;
  readonly groupid: number;
  readonly userid: number;
}

export interface Cohort {
  readonly id: number;
  /** The category it belongs to, 0 for the whole site. */
  readonly category: number;
  readonly name: string;
  readonly idnumber: string;
  readonly description: string;
  readonly descriptionformat: number;
  readonly visible: boolean;
}

export interface CohortMember {
  readonly id: number;
  readonly cohortid: number;
  readonly userid: number;
}
