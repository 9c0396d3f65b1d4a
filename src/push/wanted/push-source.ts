import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import type { CanonicalValues } from '../../sync/record';
import type { RowChange } from '../../sync/row-changes';
import type { MoodleSettings } from './moodle-settings';
import type { Kind } from '../targets/target';
import type { Subject } from './subject';

/** `pending`: Moodle is not to know it yet */
export type Standing = 'active' | 'suspended' | 'pending';

/** For whom, and by which rules, rows are read. */
export interface Scope {
  readonly db: TenantDb;
  readonly tenantId: string;
  readonly settings: MoodleSettings;
}

/** A person as Moodle is to know them. */
export interface WantedUser {
  readonly standing: Standing;
  readonly email: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly moodleHint: number | null;
}

/** A program or a class as Moodle is to know it: as a category, a course, a section or a group. */
export interface WantedPlace {
  readonly standing: Standing;
  readonly name: string;
  /** null: made from the name and the id */
  readonly shortName: string | null;
  /** `YYYY-MM-DD` */
  readonly startDate: string | null;
  readonly endDate: string | null;
  /** what it is part of: a class of its program */
  readonly within: Subject | null;
  readonly moodleHint: number | null;
}

/** One row that puts a person into a place. */
export interface Attendance {
  readonly person: Subject;
  /** a class; what that is in Moodle, the layout says */
  readonly place: Subject;
  readonly role: 'student' | 'teacher';
  readonly standing: Standing;
  /** `YYYY-MM-DD` */
  readonly startDate: string | null;
  readonly endDate: string | null;
}

/** One row that puts a person into a program's cohort. */
export interface WantedRegistration {
  readonly person: Subject;
  /** a program */
  readonly place: Subject;
  readonly standing: Standing;
}

/** One attempt of a person at a unit. */
export interface WantedGrade {
  readonly zohoId: string;
  readonly person: Subject;
  /** Zoho's ids */
  readonly unit: string;
  readonly class: string | null;
  /** such as `D`, `M` or `P` */
  readonly word: string | null;
  /** 0 to 100 */
  readonly score: number | null;
  /** 0 when it is not known */
  readonly attempt: number;
  /** `YYYY-MM-DD` */
  readonly date: string | null;
  readonly feedback: string | null;
}

/** What puts a person into a place. */
export interface Seating {
  /** the references to the two */
  readonly person: string;
  readonly place: string;
  /** what comes of it in Moodle */
  readonly kinds: readonly Kind[];
}

/** Every attendance of these persons, and every one in these places. */
export interface AttendanceFilter {
  readonly persons?: readonly Subject[];
  readonly places?: readonly Subject[];
}

/** What an entity contributes to the push; each entity that Moodle is to know adds one. Reads are set-based. */
export interface PushSource {
  readonly entity: string;
  /** absent for what is a person or a place itself */
  readonly seat?: Seating;
  /** what a row of this entity concerns */
  subjects(zohoId: string, values: CanonicalValues): Subject[];
  /** by id; absent for those that are not stored, or deleted */
  readUsers?(scope: Scope, zohoIds: readonly string[]): Promise<Map<string, WantedUser>>;
  readPlaces?(scope: Scope, zohoIds: readonly string[]): Promise<Map<string, WantedPlace>>;
  readAttendances?(scope: Scope, filter: AttendanceFilter): Promise<Attendance[]>;
  readRegistrations?(scope: Scope, persons: readonly Subject[]): Promise<WantedRegistration[]>;
  /** without those that are not for the person to see yet */
  readGrades?(scope: Scope, persons: readonly Subject[]): Promise<WantedGrade[]>;
}

/** All contributions. */
@Injectable()
export class PushSources {
  private readonly byEntity = new Map<string, PushSource>();

  add(source: PushSource): void {
    this.byEntity.set(source.entity, source);
  }

  find(entity: string): PushSource | undefined {
    return this.byEntity.get(entity);
  }

  /** What changes of the entity's rows concern, before and after. */
  subjectsOf(entity: string, changes: readonly RowChange[]): Subject[] {
    const source = this.byEntity.get(entity);
    if (!source) return [];
    const subjects = changes.flatMap(({ zohoId, before, after }) =>
      [before, after].flatMap((values) => (values ? source.subjects(zohoId, values) : [])),
    );
    return [...new Set(subjects)];
  }

  get all(): readonly PushSource[] {
    return [...this.byEntity.values()];
  }
}
