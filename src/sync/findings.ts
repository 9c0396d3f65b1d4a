import type { CanonicalValue } from './fields';
import type { CanonicalValues, RecordIssue } from './record';
import type { Parsed } from './values/parsed';
import { shorten } from './values/shorten';

/** Collects what parsing finds; an instance lives as long as one record's parsing. */
export class Findings {
  readonly issues: RecordIssue[] = [];
  readonly warnings: RecordIssue[] = [];

  constructor(readonly values: CanonicalValues = {}) {}

  /** Takes a parsed value for a field: as its value, as an issue, or as missing with a warning. */
  take(name: string, alias: string, parsed: Parsed<CanonicalValue>, required: boolean): void {
    if (parsed.kind === 'value') this.values[name] = parsed.value;
    else if (parsed.kind === 'unusable') {
      const { field = '', alias: place = '' } = parsed.within ?? {};
      this.issues.push(issue(name + field, 'INVALID_DATA', `${alias}${place} ${parsed.message}`, parsed.raw));
    } else {
      const message = `${alias} is a merge tag that Zoho did not fill in`;
      (required ? this.issues : this.warnings).push(issue(name, 'MERGE_TAG_NOT_FILLED', message, parsed.tag));
    }
  }

  /** Takes what is text, or null, without keeping it as a field's value. */
  takeText(name: string, alias: string, parsed: Parsed<string>): string | null {
    if (parsed.kind === 'value') return parsed.value;
    this.take(name, alias, parsed, false);
    return null;
  }
}

export function issue(field: string, code: string, message: string, value: string): RecordIssue {
  return { field, code, message, value: shorten(value) };
}
