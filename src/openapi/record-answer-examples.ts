import type { ExampleObject } from '@nestjs/swagger';
import { indexOf } from '../sync/field-index';
import type { EntityDefinition } from '../sync/fields';
import { componentNames } from './component-names';
import type { DescribedEntity } from './described-entities';
import { exampleId } from './example-values';
import {
  EXAMPLE_INSTANT,
  EXAMPLE_RUN_ID,
  EXAMPLE_VERSION,
  exampleBeginning,
  exampleChanges,
  exampleValuesOf,
  LATER_INSTANT,
} from './record-examples';

type Examples = Record<string, ExampleObject>;

const BOOKKEEPING = {
  version: EXAMPLE_VERSION,
  last_sync: EXAMPLE_INSTANT,
  created_at: EXAMPLE_INSTANT,
  updated_at: EXAMPLE_INSTANT,
};

/** What the routes of one record answer, under the names of the schemas, to which the routes point. */
export const recordAnswerExamples = (entity: DescribedEntity): Examples => ({
  ...rowExamples(entity),
  ...historyExample(entity.definition),
  ...removalExamples(entity.definition),
});

function rowExamples({ definition, exampleDerived }: DescribedEntity): Examples {
  const { row, tombstone, page } = componentNames(definition);
  const values = Object.entries(exampleValuesOf(definition)).map(([name, value]) => [
    name,
    value ?? (definition.fields[name]?.type === 'list' ? [] : null),
  ]);
  const zohoId = { zoho_id: exampleId(definition.name) };
  const stored = {
    ...zohoId,
    ...Object.fromEntries(values),
    ...exampleDerived,
    custom: {},
    moodle: {},
    ...BOOKKEEPING,
    deleted_at: null,
  };
  const deleted = { ...zohoId, ...BOOKKEEPING, updated_at: LATER_INSTANT, deleted_at: LATER_INSTANT };
  return {
    [row]: { summary: `One ${definition.name}`, value: stored },
    [tombstone]: { summary: 'One that was deleted', value: deleted },
    [page]: { summary: `The last page of ${definition.plural}`, value: { data: [stored], next_cursor: null } },
  };
}

function historyExample(definition: EntityDefinition): Examples {
  const made = {
    version: EXAMPLE_VERSION,
    run_id: EXAMPLE_RUN_ID,
    waited_since_run_id: null,
    source: null,
    recorded_at: EXAMPLE_INSTANT,
  };
  const deletion = { deleted_at: { before: null, after: LATER_INSTANT } };
  const data = [
    { status: 'DELETED', changes: deletion, ...made, version: LATER_INSTANT, recorded_at: LATER_INSTANT },
    { status: 'UPDATED', changes: exampleChanges(definition), ...made },
    { status: 'NEW', changes: exampleBeginning(definition), ...made },
  ];
  const summary = 'Stored, changed and deleted';
  return { [componentNames(definition).history]: { summary, value: { data, next_cursor: null } } };
}

function removalExamples(definition: EntityDefinition): Examples {
  const { deletion, erasure } = componentNames(definition);
  const id = { [`zoho_${definition.name}_id`]: exampleId(definition.name) };
  const message = `${indexOf(definition).label} deleted`;
  const erased = {
    [definition.name]: 1,
    claims: 0,
    waiting_for: 0,
    waiting: 0,
    history: 3,
    run_results: 2,
    pushes: 1,
    mentions: 0,
  };
  return {
    [deletion]: {
      summary: 'A tombstone is left',
      value: { ...id, status: 'DELETED', message, run_id: EXAMPLE_RUN_ID },
    },
    [erasure]: { summary: 'With `erase=true` nothing is left', value: { ...id, erased } },
  };
}
