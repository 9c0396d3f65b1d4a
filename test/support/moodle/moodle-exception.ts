/** What Moodle throws; it answers it with status 200. */
export class MoodleException extends Error {
  constructor(
    readonly exception: string,
    readonly errorcode: string | undefined,
    message: string,
  ) {
    super(message);
  }
}

const MOODLE = 'core\\exception\\moodle_exception';

export const invalidParameter = (): MoodleException =>
  new MoodleException(
    'core\\exception\\invalid_parameter_exception',
    'invalidparameter',
    'Invalid parameter value detected',
  );

export const missingRecord = (): MoodleException =>
  new MoodleException('dml_missing_record_exception', 'invalidrecordunknown', "Can't find data record in database.");

export const writeFailed = (): MoodleException =>
  new MoodleException('dml_write_exception', 'dmlwriteexception', 'Error writing to database');

export const accessDenied = (): MoodleException =>
  new MoodleException('webservice_access_exception', 'accessexception', 'Access control exception');

export const moodleException = (errorcode: string, message = `error/${errorcode}`): MoodleException =>
  new MoodleException(MOODLE, errorcode, message);
