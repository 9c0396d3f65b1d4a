import { type EntityDefinition, fieldAliases } from '../fields';
import { EnvelopeError } from './envelope-error';

type JsonObject = Readonly<Record<string, unknown>>;

/** Keys under which a body that is only a notice names the records that it is about. */
const NOTICE_IDS = ['ids', 'zoho_id', 'record_id'] as const;
const DELETES = /^deleted?$/i;

/**
 * The raw records of a body, whichever of Zoho's envelopes they come in: `data`, `records`, a bare list, a bare record.
 * What is not an object stays in the list: it gets its own result.
 *
 * @param modules the Zoho modules of all entities, to tell a body that was sent to the wrong route
 */
export function readEnvelope(
  body: unknown,
  definition: EntityDefinition,
  modules: ReadonlySet<string>,
): readonly unknown[] {
  if (Array.isArray(body)) return someRecords(body);
  if (!isObject(body)) throw noRecords();
  if (Object.keys(body).length === 0)
    throw new EnvelopeError('EMPTY_BODY', 'The body is an empty object; send the records in "data"');
  checkModule(body, definition, modules);
  refuseDeletion(body);
  for (const key of ['data', 'records']) {
    const value = Object.hasOwn(body, key) ? body[key] : undefined;
    if (Array.isArray(value)) return someRecords(value);
    if (isObject(value)) return [value];
  }
  refuseNotice(body, definition);
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

function refuseDeletion(body: JsonObject): void {
  if (![body['operation'], body['event_type']].some((word) => typeof word === 'string' && DELETES.test(word))) return;
  throw new EnvelopeError('OPERATION_NOT_SUPPORTED', 'Deleting records is not supported yet; nothing was changed');
}

/** A notice of ids only would be answered UNCHANGED, or INVALID, for records that did change. */
function refuseNotice(body: JsonObject, definition: EntityDefinition): void {
  const isNotice = NOTICE_IDS.some((key) => Object.hasOwn(body, key));
  const aliases = fieldAliases(definition);
  if (!isNotice || Object.keys(body).some((key) => aliases.has(key))) return;
  const required = Object.values(definition.fields).filter((field) => field.required);
  const wanted = ['id', ...required.map((field) => field.aliases[0])].join(', ');
  throw new EnvelopeError(
    'RECORD_WITHOUT_FIELDS',
    `The body names records but holds none of their fields. Add the fields to the webhook's parameters: at least ${wanted}, and Modified_Time`,
  );
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
