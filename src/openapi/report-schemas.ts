import type { EntityDefinition } from '../sync/fields';
import { STATUSES } from '../sync/outcome';
import { changeSchemas } from './change-schemas';
import { componentNames } from './component-names';
import { ISSUE_SCHEMAS } from './issue-schemas';
import { resultSchemas } from './result-schemas';
import { objectOf, refTo, type Schema, type Schemas } from './schema';

const TEXT = { type: 'string' } as const;
const COUNT: Schema = { type: 'integer', minimum: 0 };

/** What only the answer of a dry run has. */
export const DRY_RUN: Schemas = {
  dry_run: { type: 'boolean', const: true, description: 'Nothing was written.' },
  moodle: refTo('PushForecast'),
};

/** What all reports share. */
export const SHARED_REPORT_SCHEMAS: Schemas = {
  Summary: {
    description: 'How many records had each outcome.',
    ...objectOf({ total: COUNT, ...Object.fromEntries(STATUSES.map((status) => [status, COUNT])) }),
  },
  ...ISSUE_SCHEMAS,
};

/** What a sync route answers: the outcomes, and what stands in them. */
export function reportSchemas(definition: EntityDefinition): Schemas {
  const names = componentNames(definition);
  return { ...changeSchemas(definition), ...resultSchemas(definition), [names.report]: report(names.result) };
}

const RELEASED: Schemas = {
  released: {
    type: 'integer',
    minimum: 1,
    description: 'How many records that had waited were applied because of this request; absent when none.',
  },
  releasing: {
    type: 'boolean',
    const: true,
    description: 'There are more of them, and they are being applied in the background.',
  },
};

function report(resultName: string): Schema {
  return {
    description: 'N results for N records, in the order in which the records came.',
    ...objectOf(
      {
        status: { type: 'string', const: 'success' },
        tenant_id: TEXT,
        idempotency_key: { ...TEXT, description: "The caller's own key, else the MD5 of the body." },
        run_id: { type: 'string', format: 'uuid' },
        ...DRY_RUN,
        summary: refTo('Summary'),
        ...RELEASED,
        results: { type: 'array', items: refTo(resultName) },
      },
      [...Object.keys(DRY_RUN), ...Object.keys(RELEASED)],
    ),
  };
}
