/** What is checked: `fingerprint` of rows, `reference` to others, `claim` on unique values, what is `waiting`, and `push`. */
export type CheckName = 'fingerprint' | 'reference' | 'claim' | 'waiting' | 'push';

/** Something that is stored and does not agree with something else that is. It names records by their ids alone. */
export interface Disagreement {
  readonly check: CheckName;
  /** as in the routes: `students` */
  readonly entity: string;
  readonly zohoId: string;
  readonly message: string;
}

/** What a look at some of a tenant's lines came to. */
export interface Looked {
  readonly check: CheckName;
  readonly count: number;
  readonly found: readonly Disagreement[];
  /** could not be judged, as changes are on their way that may concern it */
  readonly undecided?: number;
}
