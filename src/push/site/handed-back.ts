import { MoodleError } from '../../moodle/moodle-error';

const CODE = 'stopping';

/** Instead of a call that a worker does not make any more: another worker may make it at once. */
export const handedBack = (): MoodleError =>
  new MoodleError('transient', CODE, 'The worker was stopped before it came to this; another goes on');

export const isHandedBack = (error: unknown): boolean => error instanceof MoodleError && error.errorcode === CODE;
