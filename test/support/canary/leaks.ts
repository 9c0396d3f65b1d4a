import { PERSONAL } from './people';

/** A line that a service, or a command of it, has logged or said. */
export interface CollectedLine {
  readonly command: string;
  readonly text: string;
}

export interface CollectedAnswer {
  readonly method: string;
  /** without what was asked */
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Leak {
  readonly kind: string;
  /** shortened, with the leak in its middle */
  readonly excerpt: string;
}

type Pattern = readonly [kind: string, pattern: RegExp];

const API_KEY: Pattern = ['API key', /mzi_[0-9a-f]+_[0-9a-f]{16,}/];
const WEBHOOK_SECRET: Pattern = ['webhook secret', /whsec_[\w+/=-]{8,}/];
const SECRETS: readonly Pattern[] = [
  ['password in an address', /\b[a-z][a-z+]*:\/\/[^\s/:@"']*:[^\s/@"']+@/i],
  ['sealed secret', /\bv1\.[\w-]{1,64}\.[\w-]{38,}/],
  ['private key', /-----BEGIN [A-Z ]*PRIVATE KEY/],
];
const STACK: readonly Pattern[] = [
  ['stack trace', /\bat (?:async )?(?:[^()\n]{1,200} \()?(?:file:|node:|\/|[A-Z]:\\)[^\s()"]{1,300}:\d+:\d+/],
  ['path of a package', /node_modules[\\/]/],
];
/** What the database says, with its words for what it refused. */
const DATABASE: readonly Pattern[] = [
  ['error of the database', /QueryFailedError: |violates [\w-]+(?: \w+)? constraint|syntax error at or near/],
  [
    'error of the database',
    /(?:relation|column|type|role) \\*"[^"]{1,64}" (?:of relation .{1,64} )?(?:does not|already)/,
  ],
];
/** In capitals, as we write it: prose selects and inserts too. A line break may be one, or be spelled in JSON. */
const SQL: readonly Pattern[] = [
  ['SQL', /\bSELECT\b[^]{1,2000}?\bFROM(?:\s|\\n)+\\*"?[a-z_]/],
  ['SQL', /\b(?:INSERT INTO|DELETE FROM)(?:\s|\\n)+\\*"?[a-z_]/],
  ['SQL', /\bUPDATE(?:\s|\\n)+\\*"?[a-z_]+\\*"?(?:\s|\\n)+SET\b/],
  ['SQL', /\bset_config\(|\bunnest\(|= ANY\(|\bFOR (?:NO KEY )?UPDATE\b|\bON CONFLICT\b/],
];
const PARAMETER: Pattern = ['SQL', /\$\d+\b/];

const ALWAYS = [...SECRETS, ...STACK, ...DATABASE, ...SQL];

/** The first words of a newcomer are an example of a request, with an example of a student. */
const GREETING = /^ +-d '\{"data":\[\{"id":"5843017000000200001",.*\}\]\}'$/;

/** The first leak of each kind in a line of the log. */
export function leaksOfLine({ command, text }: CollectedLine, secrets: readonly string[]): Leak[] {
  const isShownOnce = command === 'keys';
  const patterns = [...ALWAYS, PARAMETER, WEBHOOK_SECRET, ...(isShownOnce ? [] : [API_KEY])];
  const others = isShownOnce ? secrets.filter((secret) => !API_KEY[1].test(secret)) : secrets;
  return leaksIn(text, GREETING.test(text) ? patterns : [...patterns, ...PERSONAL], others);
}

/** The first leak of each kind in an answer. Rows and reports are there to tell of people; problems are not. */
export function leaksOfAnswer(answer: CollectedAnswer, secrets: readonly string[]): Leak[] {
  const { method, path, headers, body } = answer;
  const patterns = [...ALWAYS];
  const isShownOnce = method === 'POST' && /^\/v1\/admin\/keys(?:\/[^/]+\/rotate)?\/?$/.test(path);
  if (!isShownOnce) patterns.push(API_KEY);
  if (method !== 'POST' || !/\/webhook-secrets\/?$/.test(path)) patterns.push(WEBHOOK_SECRET);
  if (tellsNobody(answer)) patterns.push(...PERSONAL);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const others = isShownOnce ? secrets.filter((secret) => !API_KEY[1].test(secret)) : secrets;
  return leaksIn([...lines, body].join('\n'), patterns, others);
}

/** Whether it is an answer that is about no person. */
const tellsNobody = ({ path, status, headers }: CollectedAnswer): boolean =>
  (status >= 400 && (headers['content-type'] ?? '').startsWith('application/problem+json')) ||
  /^\/(?:metrics|v1\/health(?:\/ready)?)\/?$/.test(path);

function leaksIn(text: string, patterns: readonly Pattern[], secrets: readonly string[]): Leak[] {
  const leaks = new Map<string, Leak>();
  const add = (kind: string, at: number, length: number): void => {
    if (at >= 0 && !leaks.has(kind)) leaks.set(kind, { kind, excerpt: excerpt(text, at, length) });
  };
  for (const secret of secrets) add('secret', text.indexOf(secret), secret.length);
  for (const [kind, pattern] of patterns) {
    const found = pattern.exec(text);
    if (found) add(kind, found.index, found[0].length);
  }
  return [...leaks.values()];
}

const AROUND = 60;
const LONGEST = 120;

function excerpt(text: string, at: number, length: number): string {
  const [from, to] = [Math.max(0, at - AROUND), Math.min(text.length, at + Math.min(length, LONGEST) + AROUND)];
  const middle = text.slice(from, to).replace(/\s+/g, ' ');
  return `${from > 0 ? '…' : ''}${middle}${to < text.length ? '…' : ''}`;
}
