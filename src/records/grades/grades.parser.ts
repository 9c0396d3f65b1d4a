import { Injectable } from '@nestjs/common';
import { IngressParser } from '../../sync/ingress-parser';
import type { CanonicalValues, RecordIssue } from '../../sync/record';
import { grade } from './grades.fields';

@Injectable()
export class GradesParser extends IngressParser {
  constructor() {
    super(grade);
  }

  /** A grade that says neither how well nor how many points says nothing. */
  override judge({ grade: word, score }: CanonicalValues): RecordIssue[] {
    if (word !== null || score !== null) return [];
    return [{ field: 'grade', code: 'MANDATORY_NOT_FOUND', message: 'grade or score is required' }];
  }
}
