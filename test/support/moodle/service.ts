import { accessDenied, invalidParameter, missingRecord, moodleException } from './exceptions';
import { FUNCTIONS, SITE_INFO } from './functions';
import { siteInfo } from './functions/site-info';
import type { PhpArray } from './php-form';
import type { Site } from './site';

/** What belongs to the call and not to the function. */
const ENVELOPE = new Set(['wstoken', 'wsfunction', 'moodlewsrestformat', 'moodlewssettingraw', 'moodlewssettinglang']);
/** Known to every Moodle, but not answered here. */
const isMoodleFunction = (name: string, listed: ReadonlySet<string>): boolean =>
  name === SITE_INFO || Object.hasOwn(FUNCTIONS, name) || listed.has(name);

export interface Token {
  readonly userid: number;
  /** The functions of the token's service. */
  readonly functions: Set<string>;
  /** Whether the service lets this user in. */
  readonly allowed: boolean;
}

export const ALL_FUNCTIONS: readonly string[] = [SITE_INFO, ...Object.keys(FUNCTIONS)];
export const changesSomething = (wsfunction: string): boolean => FUNCTIONS[wsfunction]?.writes ?? false;

/** Lets in whom it knows, and calls the function. */
export class Service {
  private readonly tokens = new Map<string, Token>();

  constructor(private readonly site: Site) {}

  grant(token: string, userid: number, functions = ALL_FUNCTIONS, allowed = true): void {
    this.tokens.set(token, { userid, functions: new Set(functions), allowed });
  }

  revoke(token: string): void {
    this.tokens.delete(token);
  }

  of(token: string): Token | undefined {
    return this.tokens.get(token);
  }

  answer(variables: PhpArray): unknown {
    const token = this.tokens.get(textOf(variables, 'wstoken'));
    if (token === undefined) throw moodleException('invalidtoken', 'Invalid token - token not found');
    const name = textOf(variables, 'wsfunction');
    if (name === '') throw invalidParameter();
    if (!isMoodleFunction(name, token.functions)) throw missingRecord();
    if (!token.allowed || !token.functions.has(name)) throw accessDenied();
    return this.call(name, token, withoutEnvelope(variables));
  }

  private call(name: string, token: Token, params: PhpArray): unknown {
    if (name === SITE_INFO) return siteInfo(this.site, token.userid, [...token.functions]);
    const known = FUNCTIONS[name];
    if (known === undefined) throw moodleException('notinthestandin', `The stand-in does not answer ${name}`);
    return known.run(params, this.site, token.userid);
  }
}

export function textOf(variables: PhpArray, key: string): string {
  const value = variables.get(key);
  return typeof value === 'string' ? value : '';
}

/** The function's own parameters. */
export const withoutEnvelope = (variables: PhpArray): PhpArray =>
  new Map([...variables].filter(([key]) => !ENVELOPE.has(key)));
