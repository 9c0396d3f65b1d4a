import { type EntityDefinition, fieldAliases } from '../fields';
import { parseJson } from '../json';
import { readBodyOperation } from '../read-field';
import type { Operation } from '../record';
import { shorten } from '../values/shorten';
import { EnvelopeError } from './envelope-error';

type JsonObject = Readonly<Record<string, unknown>>;

/** A body taken apart. */
export interface Envelope {
  /** what is not an object stays in the list: it gets its own result */
  readonly records: readonly unknown[];
  /** what the body asks for, where a record says nothing else */
  readonly operation: Operation;
  /** where the body says that it comes from */
  readonly source: string | null;
}

/** Keys under which a body that is only a notice names the records that it is about. */
const NOTICE_IDS = ['ids', 'zoho_id', 'record_id'] as const;

/**
 * The raw records of a body, whichever of Zoho's envelopes they come in: `data`, `records`, a bare list, a bare
 * record, or the ids of a notice that asks to delete or restore.
 *
 * @param modules the Zoho modules of all entities, to tell a body that was sent to the wrong route
 */
export function readEnvelope(body: unknown, definition: EntityDefinition, modules: ReadonlySet<string>): Envelope {
  if (Array.isArray(body)) return { records: someRecords(body), operation: 'write', source: null };
  if (!isObject(body)) throw noRecords();
  if (Object.keys(body).length === 0)
    throw new EnvelopeError('EMPTY_BODY', 'The body is an empty object; send the records in "data"');
  checkModule(body, definition, modules);
  const operation = readBodyOperation(body) ?? 'write';
  const source = typeof body['source'] === 'string' ? shorten(body['source']) : null;
  return { records: findRecords(body, definition, operation), operation, source };
}

function findRecords(body: JsonObject, definition: EntityDefinition, operation: Operation): readonly unknown[] {
  for (const key of ['data', 'records']) {
    const value = Object.hasOwn(body, key) ? body[key] : undefined;
    if (Array.isArray(value)) return someRecords(value);
    if (isObject(value)) return [value];
  }
  if (isNotice(body, definition)) return noticedRecords(body, definition, operation);
  if (definition.idAliases.some((alias) => Object.hasOwn(body, alias))) return [body];
  throw noRecords();
}

function someRecords(records: readonly unknown[]): readonly unknown[] {
  if (records.length === 0) throw noRecords();
  return records;
}

const noRecords = (): EnvelopeError =>
  new EnvelopeError(
    'NO_RECORDS',
    'No records were found in the body. Send {"data":[…]}, {"records":[…]}, a list, or one record with its id',
  );

function checkModule(body: JsonObject, definition: EntityDefinition, modules: ReadonlySet<string>): void {
  const { module } = body;
  if (typeof module !== 'string' || module === definition.zohoModule || !modules.has(module)) return;
  throw new EnvelopeError(
    'WRONG_MODULE',
    `The body is of the module ${module}; this route takes ${definition.zohoModule}`,
  );
}

function isNotice(body: JsonObject, definition: EntityDefinition): boolean {
  if (!NOTICE_IDS.some((key) => Object.hasOwn(body, key))) return false;
  const aliases = fieldAliases(definition);
  return !Object.keys(body).some((key) => aliases.has(key));
}

/** A notice of ids only would be answered UNCHANGED, or INVALID, for records that did change. */
function noticedRecords(body: JsonObject, definition: EntityDefinition, operation: Operation): readonly unknown[] {
  if (operation !== 'write') {
    const key = NOTICE_IDS.find((name) => Object.hasOwn(body, name)) ?? 'ids';
    return someRecords(idsIn(body[key]).map((id) => noticed(body, id)));
  }
  const required = Object.values(definition.fields).filter((field) => field.required);
  const wanted = ['id', ...required.map((field) => field.aliases[0])].join(', ');
  throw new EnvelopeError(
    'RECORD_WITHOUT_FIELDS',
    `The body names records but holds none of their fields. Add the fields to the webhook's parameters: at least ${wanted}, and Modified_Time`,
  );
}

/** Forms and the parameters of a webhook hold a list as text. */
function idsIn(named: unknown): readonly unknown[] {
  if (Array.isArray(named)) return named;
  if (typeof named !== 'string') return [named];
  const list = named.trim().startsWith('[') ? parseJson(named) : null;
  if (list?.ok && Array.isArray(list.value)) return list.value;
  return named.split(',').filter((id) => id.trim() !== '');
}

/** The record that a notice names; of the notice itself only the time of the change belongs to it. */
const noticed = ({ Modified_Time: time }: JsonObject, id: unknown): JsonObject => ({
  id,
  ...(time !== undefined && { Modified_Time: time }),
});

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
