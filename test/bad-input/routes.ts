import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiDescription, type ApiDocument, type Operation } from '../support/api-description';

/** An operation of the document, with where it is. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const file = readFileSync(join(__dirname, '../../openapi.json'), 'utf8');

/** The document as it is committed: a test compares it with the routes that are served. */
export const api = new ApiDescription(JSON.parse(file) as ApiDocument);

/** Every route there is, so that none is forgotten. */
export const ROUTES: readonly Route[] = api.operations;

export const EXAMPLES = api.exampleRequests();

export function routeOf(method: string, template: string): Route {
  const found = ROUTES.find((route) => route.method === method && route.path === template);
  if (!found) throw new Error(`The document has no ${method} ${template}`);
  return found;
}

/** The route's address with the document's examples in it, but for what is told otherwise. */
export const addressOf = ({ path, operation }: Route, instead: Readonly<Record<string, string>> = {}): string =>
  path.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const parameter = operation.parameters.find((one) => one.in === 'path' && one.name === name);
    return instead[placeholder] ?? Object.values(parameter?.examples ?? {})[0]?.value ?? 'p1';
  });

/** The document's first example of a body; none where the route takes none. */
export function bodyOf({ operation }: Route): { body?: string } {
  const body = EXAMPLES.find((example) => example.operation.operationId === operation.operationId)?.body;
  return body === undefined ? {} : { body };
}

/** Zoho's names for what a record of the entity may hold, its id's among them; of many that are alike, the first. */
export function fieldNamesOf(singular: string): string[] {
  const name = `${singular[0]?.toUpperCase()}${singular.slice(1)}Record`;
  const { properties = {} } = api.document.components.schemas[name] as { properties?: object };
  return Object.keys(properties).filter((field) => !/^[PMD](?!1_)\d+_description$/.test(field));
}
