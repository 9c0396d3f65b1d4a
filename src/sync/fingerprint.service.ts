import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { indexOf } from './field-index';
import { CUSTOM, type EntityDefinition, type Field, type ListElement } from './fields';
import type { CanonicalValues } from './record';

/** Equal fingerprints mean equal canonical records. */
@Injectable()
export class FingerprintService {
  /**
   * SHA-256, in hexadecimal, of the values in the declared order as a JSON list: quotes and escapes keep
   * `null` apart from "" and `a|b`,`c` apart from `a`,`b|c`.
   */
  fingerprint(definition: EntityDefinition, values: CanonicalValues): string {
    const { declared } = indexOf(definition);
    const inOrder: unknown[] = [];
    for (const name of declared) {
      const value = values[name] ?? null;
      inOrder.push(typeof value === 'object' && value !== null ? encode(definition.fields[name], value) : value);
    }
    // Only what a profile has added can be more.
    if (Object.keys(values).length > declared.length) inOrder.push(...customOf(values));
    return hash('sha256', JSON.stringify(inOrder), 'hex');
  }
}

/** By name, so that a profile that changes makes no record another. */
const customOf = (values: CanonicalValues): unknown[] =>
  Object.keys(values)
    .filter((name) => name.startsWith(CUSTOM) && values[name] !== null)
    .toSorted()
    .map((name) => [name, values[name]]);

/** PostgreSQL gives an element's columns back in an order of its own, so they too are put in the declared one. */
const encode = (field: Field | undefined, elements: readonly ListElement[]): unknown =>
  elements.map((element) => Object.keys(field?.columns ?? element).map((column) => element[column] ?? null));
