import { Injectable } from '@nestjs/common';
import { IngressParser } from '../../sync/ingress-parser';
import type { CanonicalValues } from '../../sync/record';
import { classDefinition } from './classes.fields';

@Injectable()
export class ClassesParser extends IngressParser {
  constructor() {
    super(classDefinition);
  }

  /** A bare id says nothing of the name: that of the same teacher stays, that of another would be wrong. */
  protected override derive(values: CanonicalValues, stored: CanonicalValues | null): void {
    const { teacher } = values;
    // A lookup whose id is a merge tag counts as missing, and so does the name beside it.
    if (teacher === undefined) delete values['teacher_name'];
    else if (values['teacher_name'] === null && teacher === stored?.['teacher']) delete values['teacher_name'];
  }
}
