import type { EntityDefinition } from '../sync/fields';
import type { Status } from '../sync/outcome';

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `student` as `Student`, `grade_item` as `GradeItem`. */
export const pascal = (name: string): string => name.split('_').map(capital).join('');

/** Of a referenced entity too, of which nothing but the name is known. */
export const storedName = (name: string): string => `Stored${pascal(name)}`;

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
    tombstone: `${one}Tombstone`,
    /** either of the two */
    stored: storedName(name),
    historyEntry: `${one}HistoryEntry`,
    history: `${one}HistoryPage`,
    deletion: `${one}Deletion`,
    erasure: `${one}Erasure`,
    /** either of the two */
    removal: `${one}Removal`,
    element: (list: string) => elementNames(one, list),
  };
}

/** What the elements of a list are called: of `installments`, `RegistrationInstallmentRow` and the like. */
function elementNames(entity: string, list: string) {
  const one = `${entity}${pascal(list.replace(/ies$/, 'y').replace(/(?<![su])s$/, ''))}`;
  return { record: `${one}Record`, row: `${one}Row`, change: `${one}Change` };
}
