import { Injectable } from '@nestjs/common';
import {
  type Attendance,
  type AttendanceFilter,
  PushSources,
  type Scope,
  type WantedGrade,
  type WantedPlace,
  type WantedRegistration,
  type WantedUser,
} from './push-source';
import { plainText } from './plain-text';
import { idsOf, type Subject } from './subject';

/** Reads what all entities contribute; a constant number of statements, whatever the number of subjects. */
@Injectable()
export class PushRows {
  constructor(private readonly sources: PushSources) {}

  /** Of those subjects that are persons; absent for those that are not stored. */
  async readUsers(scope: Scope, subjects: Iterable<Subject>): Promise<Map<Subject, WantedUser>> {
    const asked = [...subjects];
    const found = new Map<Subject, WantedUser>();
    for (const source of this.sources.all) {
      const ids = idsOf(source.entity, asked);
      const users = ids.length > 0 ? await source.readUsers?.(scope, ids) : undefined;
      for (const [id, user] of users ?? []) found.set(`${source.entity}:${id}`, user);
    }
    return found;
  }

  /** Of those subjects that are places; absent for those that are not stored. */
  async readPlaces(scope: Scope, subjects: Iterable<Subject>): Promise<Map<Subject, WantedPlace>> {
    const asked = [...subjects];
    const found = new Map<Subject, WantedPlace>();
    for (const source of this.sources.all) {
      const ids = idsOf(source.entity, asked);
      const places = ids.length > 0 ? await source.readPlaces?.(scope, ids) : undefined;
      for (const [id, place] of places ?? [])
        found.set(`${source.entity}:${id}`, { ...place, name: plainText(place.name) || id });
    }
    return found;
  }

  async readAttendances(scope: Scope, filter: AttendanceFilter): Promise<Attendance[]> {
    const found: Attendance[] = [];
    for (const source of this.sources.all) found.push(...((await source.readAttendances?.(scope, filter)) ?? []));
    return found;
  }

  /** None where the tenant wants no cohorts. */
  async readRegistrations(scope: Scope, persons: readonly Subject[]): Promise<WantedRegistration[]> {
    const found: WantedRegistration[] = [];
    for (const source of scope.settings.cohorts ? this.sources.all : [])
      found.push(...((await source.readRegistrations?.(scope, persons)) ?? []));
    return found;
  }

  /** None where the tenant names no activities. */
  async readGrades(scope: Scope, persons: readonly Subject[]): Promise<WantedGrade[]> {
    const found: WantedGrade[] = [];
    for (const source of scope.settings.grades.length > 0 ? this.sources.all : [])
      found.push(...((await source.readGrades?.(scope, persons)) ?? []));
    return found;
  }
}
