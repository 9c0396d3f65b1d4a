import type { Autonumber, EntityDefinition, Field } from './fields';
import type { CanonicalValues, ParsedRecord, Reading, RecordIssue } from './record';
import { parseInstant } from './values/date';
import { NULL, type Parsed } from './values/parsed';
import { shorten } from './values/shorten';
import { parseZohoId } from './values/zoho-id';

type RawRecord = Readonly<Record<string, unknown>>;

/** A `Modified_Time` further ahead than this cannot be true, and would make every later record STALE. */
const FURTHEST_AHEAD_MS = 24 * 3_600_000;

/** Collects what parsing finds; an instance lives as long as one record's parsing. */
class Findings {
  readonly values: CanonicalValues = {};
  readonly issues: RecordIssue[] = [];
  readonly warnings: RecordIssue[] = [];

  /** Takes a parsed value for a field: as its value, as an issue, or as missing with a warning. */
  take(name: string, alias: string, parsed: Parsed<string>, required: boolean): void {
    if (parsed.kind === 'value') this.values[name] = parsed.value;
    else if (parsed.kind === 'unusable')
      this.issues.push(issue(name, 'INVALID_DATA', `${alias} ${parsed.message}`, parsed.raw));
    else {
      const finding = issue(
        name,
        'MERGE_TAG_NOT_FILLED',
        `${alias} is a merge tag that Zoho did not fill in`,
        parsed.tag,
      );
      (required ? this.issues : this.warnings).push(finding);
    }
  }
}

/**
 * Reads raw records of one entity by its field table. An entity with a rule across fields overrides `derive`.
 * It never throws: whatever cannot be read is an issue of that record.
 */
export abstract class IngressParser {
  protected constructor(readonly definition: EntityDefinition) {}

  /** @param now milliseconds since 1970, to judge whether a `Modified_Time` can be true */
  parse(raw: unknown, now: number): ParsedRecord {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return this.notARecord(raw);
    const record = raw as RawRecord;
    const findings = new Findings();
    const zohoId = this.readId(record, findings);
    const version = this.readVersion(record, findings, now);
    refuseDeletion(record, findings);
    const lastResort = new Map<string, Parsed<string>>();
    const firstSight = new Map<string, Parsed<string>>();
    for (const [name, field] of Object.entries(this.definition.fields)) {
      const found = readField(record, field);
      if (found) findings.take(name, found.alias, found.parsed, field.required);
      remember(lastResort, name, readFirst(record, field.lastResort, field));
      if (!found) remember(firstSight, name, readFirst(record, field.firstSight, field));
    }
    const loneName = this.readAutonumber(record, findings);
    const { values, issues, warnings } = findings;
    return { zohoId, version, values, lastResort, firstSight, loneName, issues, warnings };
  }

  /**
   * What the record says beside the stored row: the number that `Name` may be, derived fields, names that count last
   * or only on first sight.
   */
  read(record: ParsedRecord, stored: CanonicalValues | null): Reading {
    const findings = new Findings();
    Object.assign(findings.values, record.values);
    this.takeNumber(record, stored, findings);
    this.derive(findings.values, stored);
    this.takeName(record, stored, findings);
    for (const [name, parsed] of record.lastResort) this.takeIfNone(name, name, parsed, findings);
    for (const [name, parsed] of stored ? [] : record.firstSight) {
      findings.take(name, name, parsed, this.isRequired(name));
    }
    return {
      values: findings.values,
      issues: [...record.issues, ...findings.issues],
      warnings: [...record.warnings, ...findings.warnings],
    };
  }

  /** Fills fields that follow from others, in place. */
  protected derive(_values: CanonicalValues, _stored: CanonicalValues | null): void {}

  private notARecord(raw: unknown): ParsedRecord {
    const issues = [issue('record', 'INVALID_DATA', 'a record must be a JSON object', shorten(raw))];
    const none = new Map<string, Parsed<string>>();
    return {
      zohoId: null,
      version: null,
      values: {},
      lastResort: none,
      firstSight: none,
      loneName: null,
      issues,
      warnings: [],
    };
  }

  /** The first alias with a value; a blank one is none. */
  private readId(record: RawRecord, findings: Findings): string | null {
    for (const alias of this.definition.idAliases) {
      const parsed = Object.hasOwn(record, alias) ? parseZohoId(record[alias]) : NULL;
      if (parsed.kind === 'value' && parsed.value !== null) return parsed.value;
      if (parsed.kind === 'value') continue;
      findings.take('zoho_id', alias, parsed, true);
      return null;
    }
    findings.issues.push({ field: 'zoho_id', code: 'MANDATORY_NOT_FOUND', message: 'id is required' });
    return null;
  }

  private readVersion(record: RawRecord, findings: Findings, now: number): string | null {
    if (!isPresent(record, 'Modified_Time')) return null;
    findings.take('version', 'Modified_Time', parseInstant(record['Modified_Time']), false);
    const version = findings.values['version'] ?? null;
    delete findings.values['version'];
    if (version === null || Date.parse(version) <= now + FURTHEST_AHEAD_MS) return version;
    findings.warnings.push(
      issue('version', 'MODIFIED_TIME_IN_FUTURE', 'Modified_Time is more than 24 hours ahead and was ignored', version),
    );
    return null;
  }

  /** Takes the number when the record shows that it is one; else answers what `Name` holds, to be judged later. */
  private readAutonumber(record: RawRecord, findings: Findings): Parsed<string> | null {
    const { autonumber, fields } = this.definition;
    const field = autonumber && fields[autonumber.field];
    if (!autonumber || !field || !Object.hasOwn(record, autonumber.alias)) return null;
    const parsed = field.parse(record[autonumber.alias]);
    if (!autonumber.besides.some((name) => Object.hasOwn(record, name))) return parsed;
    findings.take(autonumber.field, autonumber.alias, parsed, false);
    return null;
  }

  /** `Name` alone, when the row has a number: then it is that number. */
  private takeNumber({ loneName }: ParsedRecord, stored: CanonicalValues | null, findings: Findings): void {
    const { autonumber } = this.definition;
    if (autonumber && loneName && isNumbered(autonumber, stored)) {
      findings.take(autonumber.field, autonumber.alias, loneName, this.isRequired(autonumber.field));
    }
  }

  /** `Name` alone, when the row has no number: then it is the name, if nothing else is. */
  private takeName({ loneName }: ParsedRecord, stored: CanonicalValues | null, findings: Findings): void {
    const { autonumber } = this.definition;
    if (autonumber && loneName && !isNumbered(autonumber, stored)) {
      this.takeIfNone(autonumber.otherwise, autonumber.alias, loneName, findings);
    }
  }

  private takeIfNone(name: string, alias: string, parsed: Parsed<string>, findings: Findings): void {
    if ((findings.values[name] ?? null) === null) findings.take(name, alias, parsed, this.isRequired(name));
  }

  private isRequired(name: string): boolean {
    return this.definition.fields[name]?.required ?? false;
  }
}

const isNumbered = ({ field }: Autonumber, stored: CanonicalValues | null): boolean =>
  (stored?.[field] ?? null) !== null;

function refuseDeletion(record: RawRecord, { issues }: Findings): void {
  for (const key of ['operation', '$state']) {
    const word = record[key];
    if (typeof word !== 'string' || !/^deleted?$/i.test(word)) continue;
    issues.push(issue(key, 'OPERATION_NOT_SUPPORTED', 'deleting is not supported yet; nothing was changed', word));
  }
}

const isPresent = (record: RawRecord, alias: string): boolean =>
  Object.hasOwn(record, alias) && record[alias] !== null && record[alias] !== undefined;

interface Found {
  readonly alias: string;
  readonly parsed: Parsed<string>;
}

/** The first alias with a value; else null when one says so; else a merge tag, which counts as missing; else nothing. */
function readField(record: RawRecord, field: Field): Found | null {
  let cleared: Found | null = null;
  let unfilled: Found | null = null;
  for (const alias of field.aliases) {
    if (!Object.hasOwn(record, alias)) continue;
    const found = { alias, parsed: field.parse(record[alias]) };
    if (field.firstPresentWins || found.parsed.kind === 'unusable') return found;
    if (found.parsed.kind === 'merge-tag') unfilled ??= found;
    else if (found.parsed.value !== null) return found;
    else cleared ??= found;
  }
  return cleared ?? unfilled;
}

function readFirst(record: RawRecord, aliases: readonly string[], field: Field): Parsed<string> | null {
  const alias = aliases.find((name) => Object.hasOwn(record, name));
  return alias === undefined ? null : field.parse(record[alias]);
}

function remember(into: Map<string, Parsed<string>>, name: string, parsed: Parsed<string> | null): void {
  if (parsed) into.set(name, parsed);
}

function issue(field: string, code: string, message: string, value: string): RecordIssue {
  return { field, code, message, value: shorten(value) };
}
