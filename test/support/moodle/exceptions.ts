/** What a web service answers with status 200 when it fails. */
export class MoodleException extends Error {
  constructor(
    readonly exception: string,
    /** A PHP `Error` has none. */
    readonly errorcode: string | undefined,
    message: string,
  ) {
    super(message);
  }

  get body(): Readonly<Record<string, string>> {
    const errorcode = this.errorcode === undefined ? {} : { errorcode: this.errorcode };
    return { exception: this.exception, ...errorcode, message: this.message };
  }
}

export const moodleException = (errorcode: string, message = `error/${errorcode}`): MoodleException =>
  new MoodleException(String.raw`core\exception\moodle_exception`, errorcode, message);

export const invalidParameter = (): MoodleException =>
  new MoodleException(
    String.raw`core\exception\invalid_parameter_exception`,
    'invalidparameter',
    'Invalid parameter value detected',
  );

export const invalidResponse = (): MoodleException =>
  new MoodleException(
    String.raw`core\exception\invalid_response_exception`,
    'invalidresponse',
    'Invalid response value detected',
  );

export const missingRecord = (): MoodleException =>
  new MoodleException('dml_missing_record_exception', 'invalidrecordunknown', "Can't find data record in database.");

export const writeFailed = (): MoodleException =>
  new MoodleException('dml_write_exception', 'dmlwriteexception', 'Error writing to database');

export const accessDenied = (): MoodleException =>
  new MoodleException('webservice_access_exception', 'accessexception', 'Access control exception');

export const codingError = (what: string): MoodleException =>
  new MoodleException(
    String.raw`core\exception\coding_exception`,
    'codingerror',
    `Coding error detected, it must be fixed by a programmer: ${what}`,
  );

export const noPermission = (capability: string): MoodleException =>
  new MoodleException(
    String.raw`core\exception\required_capability_exception`,
    'nopermissions',
    `Sorry, but you do not currently have permissions to do that (${capability}).`,
  );

export const contextNotValid = (level: 'cat' | 'course', id: number): MoodleException => {
  const [name, label] = level === 'cat' ? ['category', 'category id'] : ['course', 'course id'];
  return moodleException(
    `error${level}contextnotvalid`,
    `You cannot execute functions in the ${name} context (${label}:${id}). The context error message was: Invalid parameter value detected`,
  );
};
