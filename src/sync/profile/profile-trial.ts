import { Injectable } from '@nestjs/common';
import { EntityRegistry } from '../entity-registry';
import { EnvelopeError } from '../envelope/envelope-error';
import { readEnvelope } from '../envelope/read-envelope';
import { type CanonicalValue, type EntityDefinition, fieldAliases } from '../fields';
import { READ_OF_ALL, readField } from '../read-field';
import type { Operation, RecordIssue } from '../record';
import { RecordNotFound } from '../record-not-found';
import type { SyncedParts } from '../synced-parts';
import type { Profile } from './profile';
import { ProfileReader } from './profile-reader';

/** What became of one canonical field. */
interface TriedField {
  readonly field: string;
  /** Zoho's name that gave the value; null when none of its names is in the record */
  readonly alias: string | null;
  readonly value: CanonicalValue;
}

/** What the parser makes of one record. */
export interface TriedRecord {
  readonly zoho_id: string | null;
  readonly operation: Operation;
  readonly version: string | null;
  readonly fields: readonly TriedField[];
  /** keys of the record that nothing reads */
  readonly unread: readonly string[];
  readonly errors: readonly RecordIssue[];
  readonly warnings: readonly RecordIssue[];
}

type RawRecord = Readonly<Record<string, unknown>>;

/** The answer is many times as long as the payload. */
const MOST_TRIED = 100;

/** Shows what a profile makes of a payload, and stores nothing. */
@Injectable()
export class ProfileTrial {
  constructor(
    private readonly entities: EntityRegistry,
    private readonly profiles: ProfileReader,
  ) {}

  /**
   * Reads the payload as a sync route would, every record as one that is seen for the first time.
   *
   * @param route the entity's name in the routes
   * @throws RecordNotFound, EnvelopeError
   */
  try(profile: Profile, route: string, payload: unknown): TriedRecord[] {
    const parts = this.entities.findByRoute(route);
    if (!parts) throw new RecordNotFound(`There is no entity ${route}`);
    const mapping = this.profiles.mappingOf(profile);
    const definition = mapping.definitionOf(parts.definition);
    const { records, operation } = readEnvelope(payload, definition, mapping.zohoModules);
    if (records.length > MOST_TRIED) {
      throw new EnvelopeError(
        'TOO_MANY_RECORDS',
        `The payload has ${records.length} records; ${MOST_TRIED} can be tried at once`,
      );
    }
    return records.map((raw) => tryRecord(parts, definition, raw, operation));
  }
}

function tryRecord(
  { parser }: SyncedParts,
  definition: EntityDefinition,
  raw: unknown,
  operation: Operation,
): TriedRecord {
  const parsed = parser.parse(raw, { definition, now: Date.now(), operation });
  const { values, issues, warnings } = parser.read(definition, parsed, null);
  const record = (typeof raw === 'object' && raw !== null ? raw : {}) as RawRecord;
  const fields = Object.keys(definition.fields).map((field) => ({
    field,
    alias: aliasOf(definition, field, record),
    value: values[field] ?? null,
  }));
  const read = new Set([...fieldAliases(definition), ...definition.idAliases, ...READ_OF_ALL]);
  const unread = Object.keys(record).filter((key) => !read.has(key));
  return {
    zoho_id: parsed.zohoId,
    operation: parsed.operation,
    version: parsed.version,
    fields,
    unread,
    errors: issues,
    warnings,
  };
}

function aliasOf({ fields, autonumber, format }: EntityDefinition, name: string, record: RawRecord): string | null {
  const field = fields[name];
  if (!field) return null;
  const members = field.members.map(({ alias }) => alias);
  const number = autonumber && [autonumber.field, autonumber.otherwise].includes(name) ? [autonumber.alias] : [];
  const others = [...field.lastResort, ...field.firstSight, ...members, ...number];
  return readField(record, field, format)?.alias ?? others.find((alias) => Object.hasOwn(record, alias)) ?? null;
}
