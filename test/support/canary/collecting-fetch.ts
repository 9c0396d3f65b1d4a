import { collection } from './collection';
import { credentialsOf } from './secrets';

/** Fetches as `fetch` does, and collects the answer of a service. */
export async function collectingFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const sent = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
  for (const secret of credentialsOf(sent)) collection.secret(secret);
  const response = await fetch(input, init);
  const { status, headers } = response;
  const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
  const path = new URL(input instanceof Request ? input.url : input).pathname;
  const body = await response.clone().text();
  collection.answer({ method, path, status, headers: Object.fromEntries(headers), body });
  return response;
}
