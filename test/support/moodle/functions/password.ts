import { moodleException } from '../exceptions';

const POLICY: readonly (readonly [RegExp, string])[] = [
  [/.{8}/s, 'Passwords must be at least 8 characters long.'],
  [/\d/, 'Passwords must have at least 1 digit(s).'],
  [/\p{Ll}/u, 'Passwords must have at least 1 lower case letter(s).'],
  [/\p{Lu}/u, 'Passwords must have at least 1 upper case letter(s).'],
  [/[^\p{L}\p{N}]/u, 'The password must have at least 1 special character(s) such as *, -, or #.'],
];

/** The policy's HTML takes the place of an errorcode. */
export function checkPassword(password: string): void {
  const faults = POLICY.filter(([rule]) => !rule.test(password)).map(([, message]) => `<div>${message}</div>`);
  if (faults.length > 0) throw moodleException(faults.join(''));
}

export const isPasswordPolicy = (errorcode: string): boolean => errorcode.startsWith('<');
