import type { ContentObject, ExamplesObject } from '@nestjs/swagger';
import type { EntityDefinition } from '../sync/fields';
import { componentNames } from './component-names';
import { exampleId } from './example-values';
import { EXAMPLE_LATER, EXAMPLE_MODIFIED, exampleChange, exampleRecord, type ZohoRecord } from './record-examples';
import { refTo } from './schema';

/** Every body that a sync route takes, each with examples that can be sent as they stand. */
export function requestContent(definition: EntityDefinition): ContentObject {
  const names = componentNames(definition);
  return {
    'application/json': {
      schema: refTo(names.body),
      examples: { ...jsonExamples(definition), ...deletionExamples(definition) },
    },
    'text/plain': {
      schema: {
        type: 'string',
        description: `The same JSON as text, as Deluge's \`invokeurl\` sends it.`,
        contentMediaType: 'application/json',
        contentSchema: refTo(names.body),
      } as object,
      examples: textExamples(definition),
    },
    'application/x-www-form-urlencoded': { schema: refTo(names.form), examples: formExamples(definition) },
  };
}

function jsonExamples(definition: EntityDefinition): ExamplesObject {
  const record = exampleRecord(definition);
  const { zohoModule: module } = definition;
  return {
    data: { summary: 'A list in "data"', value: { data: [record] } },
    dataOfOne: { summary: 'One record in "data"', value: { data: record, module } },
    records: { summary: 'A list in "records"', value: { records: [record] } },
    list: { summary: 'A bare list', value: [record] },
    record: { summary: 'A bare record', value: record },
    partial: { summary: 'What a record leaves out stays as it is', value: { data: [partialRecord(definition)] } },
  };
}

/** The id and one field that changes. */
function partialRecord(definition: EntityDefinition): ZohoRecord {
  const change = exampleChange(definition);
  return { id: exampleId(definition.name), ...(change && { [change.alias]: change.sent }) };
}

/** With `Modified_Time`, since the time of receipt would make a record that was sent before it STALE. */
function deletionExamples({ name }: EntityDefinition): ExamplesObject {
  const at = { Modified_Time: EXAMPLE_MODIFIED };
  const id = exampleId(name);
  return {
    deletedIds: {
      summary: 'A notice that records were deleted',
      value: { ids: [id], operation: 'delete', ...at },
    },
    restoredId: {
      summary: 'A notice that a record was brought back',
      value: { record_id: id, event_type: 'restore', ...at },
    },
    deletedRecord: {
      summary: 'A record that was deleted, which may stand among others',
      value: { data: [{ id, operation: 'delete', ...at }] },
    },
  };
}

/** Newer than the deletions before it, so that it brings the record back. */
const laterRecord = (definition: EntityDefinition): ZohoRecord => ({
  ...exampleRecord(definition),
  Modified_Time: EXAMPLE_LATER,
});

const textExamples = (definition: EntityDefinition): ExamplesObject => ({
  deluge: { summary: 'JSON as text', value: JSON.stringify({ data: [laterRecord(definition)] }) },
});

function formExamples(definition: EntityDefinition): ExamplesObject {
  const record = laterRecord(definition);
  const fields = Object.entries(record).map(([name, value]) => [name, asFormText(value)]);
  return {
    fields: { summary: 'One field for each field of Zoho', value: Object.fromEntries(fields) },
    data: { summary: 'JSON in "data"', value: { data: JSON.stringify([record]) } },
  };
}

const asFormText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
