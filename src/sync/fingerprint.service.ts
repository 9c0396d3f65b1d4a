import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityDefinition } from './fields';
import type { CanonicalValues } from './record';

/** Equal fingerprints mean equal canonical records. */
@Injectable()
export class FingerprintService {
  /**
   * SHA-256, in hexadecimal, of the values in the declared order as a JSON list: quotes and escapes keep
   * `null` apart from "" and `a|b`,`c` apart from `a`,`b|c`.
   */
  fingerprint({ fields }: EntityDefinition, values: CanonicalValues): string {
    return hash('sha256', JSON.stringify(Object.keys(fields).map((name) => values[name] ?? null)), 'hex');
  }
}
