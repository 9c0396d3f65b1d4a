import { indexOf } from './field-index';
import { Findings, issue } from './findings';
import type { Autonumber, CanonicalValue, EntityDefinition, Field } from './fields';
import { mergeMembers, type RawRecord, readField, readFirst, readOperation } from './read-field';
import type { CanonicalValues, Operation, ParsedRecord, Reading, RecordIssue } from './record';
import { parseInstant } from './values/date';
import { NULL, type Parsed } from './values/parsed';
import { shorten } from './values/shorten';
import { parseZohoId } from './values/zoho-id';

/** A `Modified_Time` further ahead than this cannot be true, and would make every later record STALE. */
const FURTHEST_AHEAD_MS = 24 * 3_600_000;

/** What is the same for all records of a request. */
export interface ParsingContext {
  /** the entity's declaration, as the tenant's profile has it */
  readonly definition: EntityDefinition;
  /** milliseconds since 1970, to judge whether a `Modified_Time` can be true */
  readonly now: number;
  /** what the body asks for, where a record says nothing else */
  readonly operation: Operation;
}

/**
 * Reads raw records of one entity by its field table. An entity with a rule across fields overrides `derive` or
 * `judge`. It never throws: whatever cannot be read is an issue of that record.
 */
export abstract class IngressParser {
  protected constructor(readonly definition: EntityDefinition) {}

  parse(raw: unknown, { definition, now, operation }: ParsingContext): ParsedRecord {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return notARecord(raw);
    const record = raw as RawRecord;
    const findings = new Findings();
    const zohoId = readId(definition, record, findings);
    const version = readVersion(definition, record, findings, now);
    const conditional = readFields(definition, record, findings);
    const loneName = readAutonumber(definition, record, findings);
    const { values, issues, warnings } = findings;
    const asked = readOperation(record) ?? operation;
    const { members, lastResort, firstSight } = conditional;
    return { zohoId, operation: asked, version, values, members, lastResort, firstSight, loneName, issues, warnings };
  }

  /**
   * What the record says beside the stored row: the number that `Name` may be, derived fields, names that count last
   * or only on first sight.
   */
  read(definition: EntityDefinition, record: ParsedRecord, stored: CanonicalValues | null): Reading {
    const values = { ...record.values };
    if (isUnconditional(record)) {
      this.derive(values, stored);
      return { values, issues: record.issues, warnings: record.warnings };
    }
    const findings = new Findings(values);
    const { fields } = definition;
    for (const [name, carried] of record.members) {
      const field = fields[name];
      if (field) values[name] = mergeMembers(field, stored?.[name] ?? null, carried);
    }
    takeNumber(definition, record, stored, findings);
    this.derive(values, stored);
    takeName(definition, record, stored, findings);
    for (const [name, parsed] of record.lastResort) takeIfNone(fields, name, name, parsed, findings);
    for (const [name, parsed] of stored ? [] : record.firstSight) {
      findings.take(name, name, parsed, fields[name]?.required ?? false);
    }
    return {
      values,
      issues: [...record.issues, ...findings.issues],
      warnings: [...record.warnings, ...findings.warnings],
    };
  }

  /** Fills fields that follow from others, in place. */
  protected derive(_values: CanonicalValues, _stored: CanonicalValues | null): void {}

  /** What is wrong with a merged record beyond single fields. */
  judge(_merged: CanonicalValues): RecordIssue[] {
    return [];
  }
}

/** What it says does not depend on what is stored, but for what an entity derives. */
const isUnconditional = ({ members, lastResort, firstSight, loneName }: ParsedRecord): boolean =>
  members.size === 0 && lastResort.size === 0 && firstSight.size === 0 && loneName === null;

/** What most records have none of is made once. */
const NOTHING: ReadonlyMap<string, never> = new Map<string, never>();

function notARecord(raw: unknown): ParsedRecord {
  return {
    zohoId: null,
    operation: 'write',
    version: null,
    values: {},
    members: NOTHING,
    lastResort: NOTHING,
    firstSight: NOTHING,
    loneName: null,
    issues: [issue('record', 'INVALID_DATA', 'a record must be a JSON object', shorten(raw))],
    warnings: [],
  };
}

/** The first alias with a value; a blank one is none. */
function readId({ idAliases }: EntityDefinition, record: RawRecord, findings: Findings): string | null {
  for (const alias of idAliases) {
    const parsed = Object.hasOwn(record, alias) ? parseZohoId(record[alias]) : NULL;
    if (parsed.kind === 'value' && parsed.value !== null) return parsed.value;
    if (parsed.kind === 'value') continue;
    findings.take('zoho_id', alias, parsed, true);
    return null;
  }
  findings.issues.push({ field: 'zoho_id', code: 'MANDATORY_NOT_FOUND', message: 'id is required' });
  return null;
}

function readVersion({ format }: EntityDefinition, record: RawRecord, findings: Findings, now: number): string | null {
  if (!Object.hasOwn(record, 'Modified_Time')) return null;
  const version = findings.takeText('version', 'Modified_Time', parseInstant(record['Modified_Time'], format));
  if (version === null || Date.parse(version) <= now + FURTHEST_AHEAD_MS) return version;
  findings.warnings.push(
    issue('version', 'MODIFIED_TIME_IN_FUTURE', 'Modified_Time is more than 24 hours ahead and was ignored', version),
  );
  return null;
}

/** Takes every field's value, and remembers what counts only under a condition. */
function readFields(
  definition: EntityDefinition,
  record: RawRecord,
  findings: Findings,
): Pick<ParsedRecord, 'members' | 'lastResort' | 'firstSight'> {
  let members: Remembered<ReadonlyMap<string, string | null>> = NOTHING;
  let lastResort: Remembered<Parsed<CanonicalValue>> = NOTHING;
  let firstSight: Remembered<Parsed<CanonicalValue>> = NOTHING;
  const { format } = definition;
  for (const [name, field] of indexOf(definition).all) {
    const found = readField(record, field, format);
    if (found) findings.take(name, found.alias, found.parsed, field.required);
    if (field.lastResort.length > 0)
      lastResort = remember(lastResort, name, readFirst(record, field.lastResort, field, format));
    if (!found && field.firstSight.length > 0)
      firstSight = remember(firstSight, name, readFirst(record, field.firstSight, field, format));
    if (field.members.length > 0) members = remember(members, name, readMembers(record, name, field, findings));
  }
  return { members, lastResort, firstSight };
}

function readMembers(
  record: RawRecord,
  name: string,
  { members, parse }: Field,
  findings: Findings,
): Map<string, string | null> | null {
  const carried = new Map<string, string | null>();
  for (const { alias, code } of members) {
    if (!Object.hasOwn(record, alias)) continue;
    const element = new Findings();
    element.take(name, alias, parse(record[alias]), false);
    findings.issues.push(...element.issues);
    findings.warnings.push(...element.warnings);
    const value = element.values[name];
    if (value === null || typeof value === 'string') carried.set(code, value);
  }
  return carried.size > 0 ? carried : null;
}

type Remembered<T> = ReadonlyMap<string, T>;

const remember = <T>(known: Remembered<T>, name: string, found: T | null): Remembered<T> =>
  found ? new Map([...known, [name, found]]) : known;

/** Takes the number when the record shows that it is one; else answers what `Name` holds, to be judged later. */
function readAutonumber(
  { autonumber, fields }: EntityDefinition,
  record: RawRecord,
  findings: Findings,
): Parsed<CanonicalValue> | null {
  const field = autonumber && fields[autonumber.field];
  if (!autonumber || !field || !Object.hasOwn(record, autonumber.alias)) return null;
  const parsed = field.parse(record[autonumber.alias]);
  if (!autonumber.besides.some((name) => Object.hasOwn(record, name))) return parsed;
  findings.take(autonumber.field, autonumber.alias, parsed, false);
  return null;
}

/** `Name` alone, when the row has a number: then it is that number. */
function takeNumber(
  { autonumber, fields }: EntityDefinition,
  { loneName }: ParsedRecord,
  stored: CanonicalValues | null,
  findings: Findings,
): void {
  if (!autonumber || !loneName || !isNumbered(autonumber, stored)) return;
  findings.take(autonumber.field, autonumber.alias, loneName, fields[autonumber.field]?.required ?? false);
}

/** `Name` alone, when the row has no number: then it is the name, if nothing else is. */
function takeName(
  { autonumber, fields }: EntityDefinition,
  { loneName }: ParsedRecord,
  stored: CanonicalValues | null,
  findings: Findings,
): void {
  if (!autonumber || !loneName || isNumbered(autonumber, stored)) return;
  takeIfNone(fields, autonumber.otherwise, autonumber.alias, loneName, findings);
}

function takeIfNone(
  fields: EntityDefinition['fields'],
  name: string,
  alias: string,
  parsed: Parsed<CanonicalValue>,
  findings: Findings,
): void {
  if ((findings.values[name] ?? null) === null) findings.take(name, alias, parsed, fields[name]?.required ?? false);
}

const isNumbered = ({ field }: Autonumber, stored: CanonicalValues | null): boolean =>
  (stored?.[field] ?? null) !== null;
