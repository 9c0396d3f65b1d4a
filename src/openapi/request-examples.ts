import type { ContentObject, ExamplesObject } from '@nestjs/swagger';
import type { EntityDefinition } from '../sync/fields';
import { componentNames } from './component-names';
import { EXAMPLE_ID, exampleChange, exampleRecord, type ZohoRecord } from './record-examples';
import { refTo } from './schema';

/** Every body that a sync route takes, each with examples that can be sent as they stand. */
export function requestContent(definition: EntityDefinition): ContentObject {
  const names = componentNames(definition);
  return {
    'application/json': { schema: refTo(names.body), examples: jsonExamples(definition) },
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
  return { id: EXAMPLE_ID, ...(change && { [change.alias]: change.sent }) };
}

const textExamples = (definition: EntityDefinition): ExamplesObject => ({
  deluge: { summary: 'JSON as text', value: JSON.stringify({ data: [exampleRecord(definition)] }) },
});

function formExamples(definition: EntityDefinition): ExamplesObject {
  const record = exampleRecord(definition);
  const fields = Object.entries(record).map(([name, value]) => [name, asFormText(value)]);
  return {
    fields: { summary: 'One field for each field of Zoho', value: Object.fromEntries(fields) },
    data: { summary: 'JSON in "data"', value: { data: JSON.stringify([record]) } },
  };
}

const asFormText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
