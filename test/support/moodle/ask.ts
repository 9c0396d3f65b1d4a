import type { Moodle } from './moodle';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** Of an answer in JSON. */
  readonly json: unknown;
}

export interface AskOptions {
  readonly token?: string;
  readonly format?: 'json' | 'xml';
  readonly signal?: AbortSignal;
}

/** One call as any client sends it; the parameters nested, or in PHP's brackets already. */
export async function ask(
  moodle: Moodle,
  wsfunction: string | null,
  params: object = {},
  { token = moodle.token, format = 'json', signal }: AskOptions = {},
): Promise<Answer> {
  const envelope = {
    wstoken: token,
    ...(wsfunction === null ? {} : { wsfunction }),
    ...(format === 'json' ? { moodlewsrestformat: format } : {}),
  };
  const response = await fetch(`${moodle.url}/webservice/rest/server.php`, {
    method: 'POST',
    body: new URLSearchParams([...variablesOf(envelope), ...variablesOf(params)]),
    redirect: 'manual',
    ...(signal === undefined ? {} : { signal }),
  });
  const contentType = response.headers.get('content-type') ?? '';
  const text = await response.text();
  const isJson = contentType.startsWith('application/json');
  return { status: response.status, contentType, text, json: isJson ? JSON.parse(text) : undefined };
}

/** An empty list comes to nothing: PHP's brackets have no word for it. */
function variablesOf(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => variablesOf(inner, name === '' ? key : `${name}[${key}]`));
  const scalar = value as string | number | boolean;
  return [[name, String(typeof scalar === 'boolean' ? Number(scalar) : scalar)]];
}
