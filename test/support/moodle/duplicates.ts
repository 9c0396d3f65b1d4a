import type { Site } from './site';

export interface Duplicate {
  readonly of: string;
  readonly by: string;
  readonly value: string;
  readonly ids: readonly number[];
}

type Row = Readonly<Record<string, unknown>> & { readonly id: number };

/** Objects that only one could be, were Moodle to see to it. Those without a value are nobody's double. */
export function duplicatesOf(site: Site): Duplicate[] {
  const users = site.users.filter(({ deleted }) => !deleted);
  const lowerCased = users.map((user) => ({ ...user, email: user.email.toLowerCase() }));
  return [
    ...among('user', lowerCased, ['idnumber', 'username', 'email']),
    ...among('category', site.categories.all(), ['idnumber']),
    ...among('course', site.courses.all(), ['idnumber', 'shortname']),
    ...among('section', site.sections.all(), ['name'], 'course'),
    ...among('group', site.groups.all(), ['idnumber', 'name'], 'courseid'),
    ...among('cohort', site.cohorts.all(), ['idnumber']),
    ...among('enrolment', site.enrolments.all(), ['userid'], 'courseid'),
  ];
}

const among = (of: string, rows: readonly object[], keys: readonly string[], within?: string): Duplicate[] =>
  keys.flatMap((by) => {
    const named = (rows as readonly Row[]).filter((row) => row[by] !== '' && row[by] !== null);
    const byValue = Map.groupBy(named, (row) => JSON.stringify([within === undefined ? null : row[within], row[by]]));
    return [...byValue.values()]
      .filter((same) => same.length > 1)
      .map((same) => ({ of, by, value: String(same[0]?.[by]), ids: same.map(({ id }) => id) }));
  });
