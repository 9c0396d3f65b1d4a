/**
 * A record of ours that Moodle is to know, by its entity and id: `student:5843017000000200001`. Ids hold no space and
 * no slash, so that subjects can be joined with either.
 */
export type Subject = `${string}:${string}`;

export const subjectOf = (entity: string, zohoId: string): Subject => `${entity}:${zohoId}`;

/** The ids of these subjects that are records of the entity. */
export const idsOf = (entity: string, subjects: Iterable<string>): string[] => [
  ...new Set([...subjects].filter((subject) => subject.startsWith(`${entity}:`)).map(idIn)),
];

/** The id in a subject; ids may hold colons, names of entities do not. */
export const idIn = (subject: string): string => subject.slice(subject.indexOf(':') + 1);
