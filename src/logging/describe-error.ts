import { sqlState } from '../database/database-errors';

/** The kind of error and where it came from: its message may hold data or SQL. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const ours = error.stack?.split('\n').find((line) => line.startsWith('    at ') && !/node_modules|node:/.test(line));
  const place = ours?.match(/([^/\\(]+:\d+):\d+\)?$/)?.[1];
  return [error.name, sqlState(error), place && `at ${place}`].filter(Boolean).join(' ');
}
