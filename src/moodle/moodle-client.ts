import { Injectable, Logger } from '@nestjs/common';
import { AxiosError, type AxiosResponse } from 'axios';
import { Environment } from '../config/environment';
import { OutgoingCalls } from '../outgoing/outgoing-calls';
import { OutgoingRefusal } from '../outgoing/outgoing-refusal';
import { encodeParameters, type MoodleParameters } from './encode-parameters';
import { MoodleCallMetrics } from './moodle-call-metrics';
import { errorOfException, errorOfStatus, MoodleError } from './moodle-error';
import type { MoodleFunction } from './moodle-function';
import type { MoodleSite } from './moodle-site';

/** The list of a course's 5,000 users is some 2 MB. */
const LARGEST_ANSWER = 20 * 1_024 * 1_024;

/** What Node calls a certificate that it does not trust. */
const UNTRUSTED = /CERT|UNABLE_TO_|^ERR_TLS/;

/** Errors of the connection after which nothing can have reached Moodle. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Calls Moodle's web services over REST. */
@Injectable()
export class MoodleClient {
  private readonly log = new Logger(MoodleClient.name);

  constructor(
    private readonly environment: Environment,
    private readonly metrics: MoodleCallMetrics,
    private readonly outgoing: OutgoingCalls,
  ) {}

  /**
   * @param items how many things the call is about, for log and metrics
   * @throws MoodleError when it did not succeed
   */
  async call<P extends MoodleParameters, A>(
    site: MoodleSite,
    { name, writes, answer, needs }: MoodleFunction<P, A>,
    parameters: P,
    items = 1,
  ): Promise<A> {
    const began = performance.now();
    let outcome = 'ok';
    try {
      const value = readAnswer(await this.post(site, name, parameters, writes), writes, needs);
      const checked = answer.safeParse(value);
      if (checked.success) return checked.data;
      throw new MoodleError(
        'transient',
        'unexpected_answer',
        `Moodle answers ${name} with something else than it should`,
        {
          mayHaveHappened: writes,
        },
      );
    } catch (error) {
      outcome = error instanceof MoodleError ? error.errorcode : 'error';
      throw error;
    } finally {
      const milliseconds = Math.round(performance.now() - began);
      this.log.log(`Moodle ${name}: ${outcome}, ${items} items, ${milliseconds} ms`);
      this.metrics.count({ name, items, outcome, milliseconds });
    }
  }

  /** The token goes in the body, first, where no log of addresses sees it. */
  private async post(
    { baseUrl, token }: MoodleSite,
    wsfunction: string,
    parameters: MoodleParameters,
    writes: boolean,
  ): Promise<AxiosResponse<string>> {
    const form = new URLSearchParams([
      ['wstoken', token],
      ['wsfunction', wsfunction],
      ['moodlewsrestformat', 'json'],
      ...encodeParameters(parameters),
    ]);
    const milliseconds = this.environment.MOODLE_TIMEOUT_SECONDS * 1_000;
    const url = `${baseUrl.replace(/\/+$/, '')}/webservice/rest/server.php`;
    try {
      return await this.outgoing.post(url, form, { milliseconds, bytes: LARGEST_ANSWER });
    } catch (error) {
      throw errorOfConnection(error, writes);
    }
  }
}

/** The cause is left out: axios keeps the request in it, and with that the token. */
function errorOfConnection(error: unknown, writes: boolean): MoodleError {
  if (error instanceof OutgoingRefusal) return new MoodleError('site', error.code, error.message);
  if (!(error instanceof AxiosError)) throw error;
  const { code = '' } = error;
  if (code === 'ERR_CANCELED')
    return new MoodleError('transient', 'timeout', 'Moodle did not answer in time', { mayHaveHappened: writes });
  if (code === 'ERR_BAD_RESPONSE' && error.message.startsWith('maxContentLength'))
    return new MoodleError('transient', 'too_large', 'Moodle answers with more than is read', {
      mayHaveHappened: writes,
    });
  if (UNTRUSTED.test(code)) return new MoodleError('site', 'tls', `Moodle's certificate is not to be trusted: ${code}`);
  return new MoodleError('transient', 'connection', `The connection to Moodle failed${code && `: ${code}`}`, {
    mayHaveHappened: writes && !NEVER_SENT.has(code),
  });
}

/** An answer is an error if and only if it is an object with the key `exception`. */
function readAnswer(
  { status, headers, data }: AxiosResponse<string>,
  writes: boolean,
  needs: string | undefined,
): unknown {
  if (status !== 200) throw errorOfStatus(status, writes, secondsOf(headers['retry-after']));
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new MoodleError('transient', 'not_json', 'Moodle answers with something that is not JSON', {
      mayHaveHappened: writes,
    });
  }
  if (typeof value === 'object' && value !== null && 'exception' in value) {
    throw errorOfException((value as { errorcode?: unknown }).errorcode, needs);
  }
  return value;
}

const secondsOf = (header: unknown): number | undefined =>
  typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
