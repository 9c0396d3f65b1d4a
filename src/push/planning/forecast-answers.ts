import type { MoodleParameters } from '../../moodle/encode-parameters';
import { addCohortMembers, createCohorts, searchCohorts } from '../../moodle/functions/cohorts';
import {
  createCategories,
  createCourses,
  getCategories,
  getCoursesByField,
  updateCourses,
} from '../../moodle/functions/courses';
import { updateGrades } from '../../moodle/functions/grades';
import { createGroups, getCourseGroups } from '../../moodle/functions/groups';
import { getCourseContents, updateCourseFormat } from '../../moodle/functions/sections';
import { createUsers, getUsersByField, updateUsers } from '../../moodle/functions/users';
import type { MoodleFunction } from '../../moodle/moodle-function';

/** What a function answers where nothing is looked up and everything succeeds. */
type Answers<P, A> = (parameters: P, newId: () => number) => A;

const ANSWERS = new Map<string, Answers<never, unknown>>();

/** Every function answers so unless it is told here: Moodle's usual answer to a change. */
const DONE: Answers<never, unknown> = () => null;

function answer<P extends MoodleParameters, A>({ name }: MoodleFunction<P, A>, answers: Answers<P, A>): void {
  ANSWERS.set(name, answers);
}

answer(getUsersByField, () => []);
answer(createUsers, ({ users }, newId) => users.map(({ username }) => ({ id: newId(), username })));
answer(updateUsers, () => ({ warnings: [] }));
answer(getCategories, () => []);
answer(createCategories, ({ categories }, newId) => categories.map(() => ({ id: newId() })));
answer(getCoursesByField, () => ({ courses: [] }));
answer(createCourses, ({ courses }, newId) => courses.map(() => ({ id: newId() })));
answer(updateCourses, () => ({ warnings: [] }));
answer(searchCohorts, () => ({ cohorts: [] }));
answer(createCohorts, ({ cohorts }, newId) => cohorts.map(() => ({ id: newId() })));
answer(addCohortMembers, () => ({ warnings: [] }));
answer(updateGrades, () => 0);
answer(getCourseContents, () => []);
answer(updateCourseFormat, ({ action }, newId) =>
  action === 'section_add' ? [{ name: 'section', action: 'put', fields: { id: newId() } }] : [],
);
answer(getCourseGroups, () => []);
answer(createGroups, ({ groups }, newId) => groups.map(() => ({ id: newId() })));

export const answerOf = <P extends MoodleParameters, A>({ name }: MoodleFunction<P, A>): Answers<P, A> =>
  (ANSWERS.get(name) ?? DONE) as Answers<P, A>;
