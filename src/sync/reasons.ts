import type { MissingParent } from './row-state';

/** Why a record that names this one is skipped, or stored with a warning: `student_not_synced_yet` and the like. */
export const reasonOf = ({ field, isDeleted }: MissingParent): string =>
  isDeleted ? `${field}_deleted` : `${field}_not_synced_yet`;
