/**
 * `transient`: may pass by itself · `record`: of what was sent, and comes again until that changes · `site`: of the site's
 * configuration or of what the token allows, the same for every record
 */
export type MoodleFault = 'transient' | 'record' | 'site';

interface MoodleErrorDetails {
  /** whether the call may have been carried out, or may be still; false where Moodle says that it was not */
  readonly mayHaveHappened?: boolean;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A call that did not succeed. The message is ours: Moodle's own may hold names. */
export class MoodleError extends Error {
  readonly mayHaveHappened: boolean;
  readonly retryAfterSeconds: number | null;

  constructor(
    readonly fault: MoodleFault,
    /** Moodle's errorcode, or one of ours: `timeout`, `connection`, `http_503` … */
    readonly errorcode: string,
    message: string,
    { mayHaveHappened = false, retryAfterSeconds, cause }: MoodleErrorDetails = {},
  ) {
    super(message, { cause });
    this.mayHaveHappened = mayHaveHappened;
    this.retryAfterSeconds = retryAfterSeconds ?? null;
  }
}

const LACKS_CAPABILITY = 'The user of the token lacks a capability that the function needs';

/** Codes that tell of the site, whichever record was sent, with what to do about them. */
const SITE_CODES: ReadonlyMap<string, string> = new Map([
  ['invalidtoken', 'Moodle does not know the token. Make a new one, and put it in place of the old one'],
  [
    'accessexception',
    'The token may not call this function, its user is not listed, its address is not allowed, or it has expired. Look at the external service in Moodle',
  ],
  ['nopermissions', LACKS_CAPABILITY],
  ['nopermission', LACKS_CAPABILITY],
  ['nopermissiontoviewgrades', LACKS_CAPABILITY],
  ['wsaccessusersuspended', 'The user of the token is suspended in Moodle'],
  ['wsaccessuserdeleted', 'The user of the token is deleted in Moodle'],
  ['servicenotavailable', 'The external service is switched off in Moodle'],
]);

/** Codes that pass by themselves. */
const TRANSIENT_CODES: ReadonlyMap<string, string> = new Map([
  ['sitemaintenance', 'Moodle is in maintenance'],
  ['dmlreadexception', 'Moodle could not read its database'],
  ['dmlconnectionexception', 'Moodle could not reach its database'],
  ['ex_dberror', 'Moodle could not use its database'],
]);

/** What codes mean in plain words, where the code alone does not say. */
const RECORD_CODES: ReadonlyMap<string, string> = new Map([
  [
    'invalidparameter',
    'Moodle refuses a value, and does not say which: a username or e-mail address that is taken, a malformed address, or a name with tags',
  ],
  ['dmlwriteexception', 'Moodle could not store it: a value is too long, or taken by another at the same moment'],
  ['shortnametaken', 'Another course has this short name'],
  ['courseidnumbertaken', 'Another course has this ID number'],
  ['categoryidnumbertaken', 'Another category has this ID number'],
  ['idnumbertaken', 'Another group has this ID number'],
  ['enddatebeforestartdate', 'The end date is before the start date'],
  [
    'invalidcoursemodule',
    'Moodle has no such activity. Correct its component and activityId in the profile under moodle.grades',
  ],
  ['wsnoinstance', 'The course has no manual enrolment. Add the method "Manual enrolments" to it in Moodle'],
  ['wsusercannotassign', 'The user of the token may not assign this role. Allow it in Moodle, or choose another role'],
  ['invalidrecordunknown', 'Moodle does not find what the call names: it was deleted there. A retry makes it anew'],
  ['errorcoursecontextnotvalid', 'The course was deleted in Moodle. Retry the push of the course, which makes it anew'],
  ['userdeleted', 'The user was deleted in Moodle. Retry the push of the user, who is then made anew'],
  ['unknowcategory', 'The category does not exist in Moodle'],
  ['useremailduplicate', 'Another user of Moodle has this e-mail address'],
  ['useremailinvalid', 'Moodle takes the e-mail address for invalid'],
  ['invaliduserid', 'The user does not exist in Moodle'],
  ['usernotupdateddeleted', 'The user was deleted in Moodle. A retry makes the user anew'],
]);

/** Codes of ours, beside one for each HTTP status. */
const OWN_CODES = new Set([
  'timeout',
  'connection',
  'tls',
  'address_refused',
  'not_https',
  'redirect',
  'too_large',
  'not_json',
  'unexpected_answer',
  'stopping',
]);

/** Whether the code is one of ours, or of those of Moodle that are sorted here. */
export const isKnownCode = (code: string): boolean =>
  OWN_CODES.has(code) ||
  /^http_\d{3}$/.test(code) ||
  [SITE_CODES, TRANSIENT_CODES, RECORD_CODES].some((codes) => codes.has(code));

/**
 * What Moodle answers instead of a result; all of it with status 200. Nothing was carried out.
 *
 * @param needs the capability that the function needs: Moodle tells only its label, in its own language
 */
export function errorOfException(errorcode: unknown, needs?: string): MoodleError {
  // A PHP Error has no code; the same call would make it again.
  const code = typeof errorcode === 'string' && /^[\w/-]{1,80}$/.test(errorcode) ? errorcode : 'unknown';
  const site = SITE_CODES.get(code);
  if (site !== undefined)
    return new MoodleError('site', code, site === LACKS_CAPABILITY && needs ? `${site}: ${needs}` : site);
  const transient = TRANSIENT_CODES.get(code);
  if (transient !== undefined) return new MoodleError('transient', code, transient);
  return new MoodleError('record', code, RECORD_CODES.get(code) ?? `Moodle answers ${code}`);
}

/** The same for one item of a call that took the others: whatever it is, it is that item's. */
export function errorOfWarning(code: string, needs?: string): MoodleError {
  const { fault, errorcode, message } = errorOfException(code, needs);
  return new MoodleError(fault === 'site' ? 'record' : fault, errorcode, message);
}

/** What a status other than 200 means. @param writes whether the call changes anything */
export function errorOfStatus(status: number, writes: boolean, retryAfterSeconds?: number): MoodleError {
  const code = `http_${status}`;
  if (status === 429)
    return new MoodleError('transient', code, 'Moodle asks for fewer calls', {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  if (status >= 300 && status < 400)
    return new MoodleError(
      'site',
      'redirect',
      'Moodle redirects elsewhere, which is not followed. Correct its address',
    );
  if (status === 403)
    return new MoodleError('site', code, 'Web services are switched off in Moodle, or a proxy refuses us');
  if (status === 404) return new MoodleError('site', code, 'There is no Moodle at this address');
  if (status >= 500)
    return new MoodleError('transient', code, `Moodle answers with status ${status}`, {
      // 503 is maintenance, which answers before anything is done.
      mayHaveHappened: writes && status !== 503,
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });
  return new MoodleError('site', code, `Moodle answers with status ${status}`);
}
