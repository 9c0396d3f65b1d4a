import { ZOHO_ID } from './field-kinds';
import { objectOf, refTo, type Schema, type Schemas } from './schema';

const TEXT = { type: 'string' } as const;

export const ISSUES: Schema = { type: 'array', items: refTo('RecordIssue'), minItems: 1 };
export const MISSING: Schema = { type: 'array', items: refTo('MissingRecord'), minItems: 1 };

/** What can be wrong with a record, wherever it is told. */
export const ISSUE_SCHEMAS: Schemas = {
  RecordIssue: {
    description: 'A fault in one field of one record.',
    ...objectOf(
      {
        field: { ...TEXT, description: 'The canonical name, as in the row; `record` for the record as a whole.' },
        code: {
          ...TEXT,
          description: 'Stable: MANDATORY_NOT_FOUND, INVALID_DATA, DUPLICATE_DATA, MERGE_TAG_NOT_FILLED and so on.',
        },
        message: TEXT,
        value: { ...TEXT, description: 'The rejected value, shortened.' },
      },
      ['value'],
    ),
  },
  MissingRecord: {
    description: 'A record that another one names, and that is not stored.',
    ...objectOf({
      field: { ...TEXT, description: 'The canonical name of the reference.' },
      zoho_id: ZOHO_ID,
      reason: { ...TEXT, description: '`student_not_synced_yet`, `student_deleted` and the like, by the reference.' },
    }),
  },
};
