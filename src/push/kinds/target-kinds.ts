import { Injectable } from '@nestjs/common';
import { KINDS } from '../targets/target';
import { CategoryKind } from './category.kind';
import { CohortMembershipKind } from './cohort-membership.kind';
import { CohortKind } from './cohort.kind';
import { CourseKind } from './course.kind';
import { EnrolmentKind } from './enrolment.kind';
import { GradeKind } from './grade.kind';
import { GroupKind } from './group.kind';
import { MembershipKind } from './membership.kind';
import { SectionKind } from './section.kind';
import type { TargetKind } from './target-kind';
import { UserKind } from './user.kind';

export const TARGET_KINDS = [
  CategoryKind,
  CourseKind,
  UserKind,
  SectionKind,
  GroupKind,
  EnrolmentKind,
  MembershipKind,
  CohortKind,
  CohortMembershipKind,
  GradeKind,
];

/** All kinds, parents before children. */
@Injectable()
export class TargetKinds {
  readonly inOrder: readonly TargetKind[];

  constructor(
    category: CategoryKind,
    course: CourseKind,
    user: UserKind,
    section: SectionKind,
    group: GroupKind,
    enrolment: EnrolmentKind,
    membership: MembershipKind,
    cohort: CohortKind,
    cohortMembership: CohortMembershipKind,
    grade: GradeKind,
  ) {
    const kinds = [category, course, user, section, group, enrolment, membership, cohort, cohortMembership, grade];
    this.inOrder = kinds.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  }
}
