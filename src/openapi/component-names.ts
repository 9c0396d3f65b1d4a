import type { EntityDefinition } from '../sync/fields';
import type { Status } from '../sync/outcome';

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `student` as `Student`, `grade_item` as `GradeItem`. */
export const pascal = (name: string): string => name.split('_').map(capital).join('');

/** What an entity's schemas are called, and so the types of a generated client. */
export function componentNames({ name, plural }: Pick<EntityDefinition, 'name' | 'plural'>) {
  const [one, all] = [pascal(name), pascal(plural)];
  return {
    record: `${one}Record`,
    body: `${all}Body`,
    form: `${all}Form`,
    report: `${all}Report`,
    result: `${one}Result`,
    resultOf: (status: Status): string => `${one}${capital(status.toLowerCase())}`,
    changes: `${one}Changes`,
    row: `${one}Row`,
    page: `${all}Page`,
  };
}
