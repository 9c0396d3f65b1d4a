import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isTransient, isUnavailable, sqlState } from '../database/database-errors';
import { describeError } from '../logging/describe-error';
import { EnvelopeError } from '../sync/envelope/envelope-error';
import { MalformedCursor } from '../sync/cursor';
import { InvalidProfile } from '../sync/profile/profile';
import { RecordNotFound } from '../sync/record-not-found';
import { UnknownFilter } from '../sync/row-reader';
import { requestIdOf } from './request-id';
import { invalidParameter, Problem, type ProblemCode, PROBLEMS } from './problem';

/** What Express's body reader and router call their errors, by HTTP status. */
const BY_STATUS: ReadonlyMap<number, [ProblemCode, string]> = new Map([
  [
    400,
    [
      'BODY_NOT_READABLE',
      'The request could not be read: it is cut off, wrongly compressed, or its address is malformed',
    ],
  ],
  [404, ['NOT_FOUND', 'There is nothing at this address with this method']],
  [
    413,
    [
      'BODY_TOO_LARGE',
      'The body, after decompression, is larger than MAX_BODY_BYTES allows, or than 1 MiB under /v1/admin',
    ],
  ],
  [
    415,
    ['ENCODING_NOT_SUPPORTED', 'The content encoding is not read here. Send the body plain, or as gzip, deflate or br'],
  ],
]);

/** Answers every error as RFC 9457 problem details. What is not meant for the caller is logged, without its text. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const problem = this.toProblem(error);
    const { status, title } = PROBLEMS[problem.code];
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (problem.retryAfterSeconds !== null) response.setHeader('Retry-After', problem.retryAfterSeconds);
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    response.status(status).type('application/problem+json');
    response.send(
      JSON.stringify({
        type: 'about:blank',
        title,
        status,
        detail: problem.detail,
        instance: request.path,
        code: problem.code,
        request_id: requestIdOf(request),
        ...(problem.errors && { errors: problem.errors }),
      }),
    );
  }

  private toProblem(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof EnvelopeError) return new Problem(error.fault, error.message);
    if (error instanceof RecordNotFound) return new Problem('NOT_FOUND', error.message);
    if (error instanceof InvalidProfile) return toProfileProblem(error);
    if (error instanceof UnknownFilter) return invalidParameter(error.parameter, error.message);
    if (error instanceof MalformedCursor) return invalidParameter('cursor', error.message);
    if (isUnavailable(error) || isTransient(error)) {
      this.log.error(`The database cannot be used (${sqlState(error) ?? 'no connection'})`);
      return new Problem(
        'DATABASE_UNAVAILABLE',
        'The database cannot be reached, or is too busy. Nothing was acknowledged: send the request again',
      );
    }
    const known = BY_STATUS.get(statusOf(error));
    if (known) return new Problem(...known);
    this.log.error(`Unexpected ${describeError(error)}`);
    return new Problem('INTERNAL_ERROR', 'Something went wrong on our side. Tell us the request id');
  }
}

const toProfileProblem = ({ message, faults }: InvalidProfile): Problem =>
  new Problem('PROFILE_INVALID', message, {
    errors: faults.map((fault) => ({ field: fault.path, code: 'INVALID_DATA', message: fault.message })),
  });

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { status } = typeof error === 'object' && error !== null ? (error as { status?: unknown }) : {};
  return typeof status === 'number' ? status : 500;
}
