import { Injectable } from '@nestjs/common';
import { textOf } from '../../sync/fields';
import { IngressParser } from '../../sync/ingress-parser';
import type { CanonicalValues } from '../../sync/record';
import { student } from './students.fields';

@Injectable()
export class StudentsParser extends IngressParser {
  constructor() {
    super(student);
  }

  /** A student without a display name of its own goes by first and last name, and follows when either changes. */
  protected override derive(values: CanonicalValues, stored: CanonicalValues | null): void {
    if ((values['display_name'] ?? null) !== null || !('first_name' in values || 'last_name' in values)) return;
    const name = fullName({ ...stored, ...values });
    const isDerived = !stored || 'display_name' in values || stored['display_name'] === fullName(stored);
    const isWhole = 'first_name' in values && 'last_name' in values;
    if (name !== null && (isDerived || isWhole)) values['display_name'] = name;
  }
}

function fullName({ first_name: first, last_name: last }: CanonicalValues): string | null {
  return (
    [first, last]
      .map(textOf)
      .filter((name) => name !== null)
      .join(' ') || null
  );
}
