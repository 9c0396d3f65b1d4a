import { type ProblemCode, PROBLEMS } from '../../src/request/problem';
import type { Answer } from '../support/app';

const REQUIRED = ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'];
const MEMBERS: ReadonlySet<string> = new Set([...REQUIRED, 'errors']);

/** What is wrong with an answer whatever it was asked for: our own failure, or a refusal that is not told as a problem. */
export function problemFaults({
  status,
  headers,
  body,
}: Pick<Answer<unknown>, 'status' | 'headers' | 'body'>): string[] {
  if (status >= 500) return [`the answer is ${status}: ${JSON.stringify(body)}`];
  if (status < 400) return [];
  const type = headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) return [`${status} is answered as "${type}"`];
  const problem = body as Record<string, unknown>;
  const names = Object.keys(problem);
  const known = PROBLEMS[problem['code'] as ProblemCode] as (typeof PROBLEMS)[ProblemCode] | undefined;
  return [
    ...REQUIRED.filter((name) => !(name in problem)).map((name) => `a problem lacks ${name}`),
    ...names.filter((name) => !MEMBERS.has(name)).map((name) => `a problem has the member ${name}`),
    ...(known?.status === status && problem['status'] === status ? [] : [`${String(problem['code'])} is ${status}`]),
    ...(problem['title'] === known?.title ? [] : [`${String(problem['code'])} has another title`]),
    ...(problem['request_id'] === headers.get('x-request-id') ? [] : ['the header names another request']),
  ];
}
