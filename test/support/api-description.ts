import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Answer } from './app';

interface MediaType {
  readonly schema: object;
  readonly examples?: Record<string, { $ref: string } | { value: unknown }>;
}

interface ResponseDescription {
  readonly headers?: Record<string, { $ref: string } | object>;
  /** none of an answer without a body */
  readonly content?: Record<string, MediaType>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly examples?: Record<string, { value: string }>;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security?: readonly Record<string, string[]>[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { content: Record<string, MediaType> };
  readonly responses: Record<string, ResponseDescription | { $ref: string }>;
}

export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    schemas: Record<string, object>;
    examples: Record<string, { value: unknown }>;
    securitySchemes: object;
  };
}

/** A request as the document's examples have it. */
export interface ExampleRequest {
  readonly name: string;
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

/** Judges answers by the document: what it does not describe is a fault too. */
export class ApiDescription {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(readonly document: ApiDocument) {
    addFormats(this.ajv);
    this.ajv.addFormat('idn-email', /^[^\s@]+@[^\s@]+$/);
    this.ajv.addSchema(closed(document), 'document');
  }

  get operations(): { path: string; method: string; operation: Operation }[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
  }

  /** Everything about an answer that the document does not say. */
  faults(
    operationId: string,
    { status, headers, body }: Pick<Answer<unknown>, 'status' | 'headers' | 'body'>,
  ): string[] {
    const at = this.responseAt(operationId, status);
    if (at === undefined) return [`${operationId} answers ${status}, which is not in the document`];
    const described = this.at(at) as ResponseDescription;
    const type = (headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
    const expected = described.content ?? NO_BODY;
    if (!(type in expected)) return [`${operationId} answers ${status} as ${type}`];
    const silent = [...headers.keys()].filter((name) => KNOWN_HEADERS.has(name));
    const told = Object.keys(described.headers ?? {}).map((name) => name.toLowerCase());
    return [
      ...silent.filter((name) => !told.includes(name)).map((name) => `${operationId} ${status} has the header ${name}`),
      ...(described.content ? this.invalid(`${at}/content/${escaped(type)}/schema`, body) : []),
    ];
  }

  /** Every example of an answer, with what is wrong with it. */
  exampleFaults(): string[] {
    return this.operations.flatMap(({ operation: { operationId, responses } }) =>
      Object.keys(responses).flatMap((status) => {
        const at = this.responseAt(operationId, Number(status)) ?? '';
        const { content = {} } = this.at(at) as ResponseDescription;
        return Object.entries(content).flatMap(([type, { examples = {} }]) => {
          const values = Object.values(examples).map((example) => this.resolve(example) as { value: unknown });
          if (values.length === 0) return [`${operationId} ${status} has no example`];
          return values.flatMap(({ value }) => this.invalid(`${at}/content/${escaped(type)}/schema`, value));
        });
      }),
    );
  }

  /** Every request that the document gives as an example: those that store something first, those that delete last. */
  exampleRequests(): ExampleRequest[] {
    const requests = this.operations.flatMap(({ path, method, operation }) => {
      const at = { operation, method, path: withExamples(path, operation.parameters) };
      if (!operation.requestBody) return [{ ...at, name: operation.operationId }];
      return Object.entries(operation.requestBody.content).flatMap(([contentType, { examples = {} }]) =>
        Object.entries(examples).map(([example, described]) => {
          const { value } = this.resolve(described) as { value: unknown };
          const name = `${operation.operationId} as ${contentType}: ${example}`;
          return { ...at, name, contentType, body: encode(contentType, value) };
        }),
      );
    });
    return requests.toSorted((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method));
  }

  private responseAt(operationId: string, status: number): string | undefined {
    const found = this.operations.find(({ operation }) => operation.operationId === operationId);
    const response = found?.operation.responses[String(status)];
    if (!found || !response) return undefined;
    if ('$ref' in response) return response.$ref.slice(1);
    return `/paths/${escaped(found.path)}/${found.method.toLowerCase()}/responses/${status}`;
  }

  private resolve(node: object): unknown {
    return '$ref' in node ? this.at(String(node.$ref).slice(1)) : node;
  }

  private at(pointer: string): unknown {
    const steps = pointer.split('/').slice(1);
    return steps.reduce<unknown>((node, step) => {
      const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
      return (node as Record<string, unknown>)[key];
    }, this.document);
  }

  private invalid(pointer: string, value: unknown): string[] {
    const validate = this.validators.get(pointer) ?? this.ajv.compile({ $ref: `document#${pointer}` });
    this.validators.set(pointer, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${pointer} ${instancePath} ${message}`);
  }
}

const ORDER: readonly string[] = ['PUT', 'POST', 'GET', 'DELETE'];

/** An answer without a body has no content type. */
const NO_BODY = { '': null };

/** Headers that a caller may act upon, and so must find in the document. */
const KNOWN_HEADERS: ReadonlySet<string> = new Set(['x-request-id', 'retry-after', 'idempotent-replayed']);

const escaped = (key: string): string =>
  encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%7E', '~');

/** Callers are told to expect more properties one day; here each must be described. */
function closed(node: unknown): object {
  const copy = JSON.parse(JSON.stringify(node), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const isOpen = 'properties' in value && 'type' in value && !('additionalProperties' in value);
    return isOpen ? { ...value, additionalProperties: false } : value;
  }) as object;
  return copy;
}

function withExamples(path: string, parameters: readonly Parameter[]): string {
  return parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce(
      (filled, { name, examples = {} }) => filled.replace(`{${name}}`, Object.values(examples)[0]?.value ?? ''),
      path,
    );
}

function encode(contentType: string, value: unknown): string {
  if (contentType === 'application/x-www-form-urlencoded') {
    return new URLSearchParams(value as Record<string, string>).toString();
  }
  return contentType === 'application/json' ? JSON.stringify(value) : String(value);
}
