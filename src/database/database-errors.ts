import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';

/** SQLSTATEs after which the same transaction may well succeed: deadlock, serialization failure, lock time-out. */
const TRANSIENT = new Set(['40P01', '40001', '55P03']);

/** Node's and pg-pool's words for a connection that could not be had or was lost. */
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);
const CONNECTION_MESSAGE =
  /^Connection terminated|^timeout exceeded when trying to connect|Client has encountered a connection error|is not queryable/;

/** SQLSTATEs of a server that is there but cannot take work now: shutting down, full, read-only, cancelled. */
const UNAVAILABLE_STATE = /^(08|53|57P0|57014|25006|58)/;

const LOST_CODE = /^(ECONNRESET|EPIPE|57P01|08)/;
const LOST_MESSAGE = /^Connection terminated|Client has encountered a connection error|is not queryable/;

interface DriverError {
  code?: unknown;
  message?: unknown;
}

export function sqlState(error: unknown): string | undefined {
  const { code } = driverError(error);
  return typeof code === 'string' ? code : undefined;
}

export const isTransient = (error: unknown): boolean => TRANSIENT.has(sqlState(error) ?? '');

/** The database cannot be reached or used; the caller should try again later. */
export function isUnavailable(error: unknown): boolean {
  // TypeORM releases a connection that breaks, and then only says that it was released.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  const { code, message } = driverError(error);
  if (typeof code === 'string') return CONNECTION_CODES.has(code) || UNAVAILABLE_STATE.test(code);
  return typeof message === 'string' && CONNECTION_MESSAGE.test(message);
}

/** A connection that was there is so no longer: another may well do. */
export function isLost(error: unknown): boolean {
  const { code, message } = driverError(error);
  if (typeof code === 'string') return LOST_CODE.test(code);
  return typeof message === 'string' && LOST_MESSAGE.test(message);
}

/** The server has become one that only answers reads, or another has taken over: a connection that is kept stays so. */
export const isReadOnly = (error: unknown): boolean => sqlState(error) === '25006';

/** The server refused a value: data exceptions, violated constraints, and program limits such as an index row's size. */
export const isRefusedData = (error: unknown): boolean => /^(22|23|54)/.test(sqlState(error) ?? '');

function driverError(error: unknown): DriverError {
  if (error instanceof QueryFailedError) return error.driverError as DriverError;
  return typeof error === 'object' && error !== null ? error : {};
}
