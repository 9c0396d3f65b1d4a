/** Invented people, whom the tests' samples name: nothing of them may come to a log line, a problem or a metric. */
export const OMAR = {
  name: 'Omar Kaya',
  firstName: 'Omar',
  lastName: 'Kaya',
  phone: '+905550100002',
  birthDate: '2003-04-17',
} as const;
export const ELIF = { name: 'Dr. Elif Yildiz' } as const;

/**
 * What tells one of them, however it is spelled; phones in figures, spaced or not. One that begins with 00 must be
 * whole and stand alone: a measured second or an id of a run may hold such figures too.
 */
export const PERSONAL: readonly [kind: string, pattern: RegExp][] = [
  ['name', /\b(?:omar|kaya|elif|yildiz|layla|haddad|kerem|acar|mina|aslan|lovelace)\b/i],
  ['e-mail address', /\w(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63})*\.[a-z]{2,}\b/i],
  ['phone', /(?:\+|%2B)90[ \-()]*5\d\d|(?<![\w.-])0090[ \-()]*5(?:[ \-()]*\d){9}(?!\w)/i],
  ['date of birth', /\b2003-04-17\b/],
];
