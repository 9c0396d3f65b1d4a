import type { ExampleObject, ExamplesObject } from '@nestjs/swagger';
import type { EntityDefinition } from '../sync/fields';
import { type Outcome, STATUSES } from '../sync/outcome';
import { componentNames, pascal } from './component-names';
import type { DescribedEntity } from './described-entities';
import {
  canonical,
  EARLIER_VERSION,
  EXAMPLE_ID,
  EXAMPLE_VERSION,
  exampleChange,
  exampleValuesOf,
} from './record-examples';

/** What a sync route answers: the report of a request with a record for each outcome. */
export function reportExamples(definition: EntityDefinition): ExamplesObject {
  const outcomes = exampleOutcomes(definition);
  const counts = STATUSES.map((status) => [status, outcomes.filter((outcome) => outcome.status === status).length]);
  const value = {
    status: 'success',
    tenant_id: 'default',
    idempotency_key: '9a0364b9e99bb480dd25e1f0284c8555',
    run_id: '0199b2c4-7d1e-7c3a-9f00-2b6d5e4f3a21',
    summary: { total: outcomes.length, ...Object.fromEntries(counts) },
    results: outcomes.map((outcome, n) => ({ [`zoho_${definition.name}_id`]: exampleId(n + 1), ...outcome })),
  };
  return { outcomes: { summary: 'A record for each outcome', value } };
}

function exampleOutcomes(definition: EntityDefinition): Outcome[] {
  const label = pascal(definition.name);
  const older = `Modified_Time ${EARLIER_VERSION} is older than the stored ${EXAMPLE_VERSION}`;
  return [
    { status: 'NEW', message: `${label} created` },
    ...updated(definition, label),
    { status: 'UNCHANGED', message: `${label} unchanged` },
    invalid(definition),
    { status: 'STALE', message: `${label} not changed: ${older}` },
  ];
}

const exampleId = (n: number): string => `${EXAMPLE_ID.slice(0, -1)}${n}`;

function updated(definition: EntityDefinition, label: string): Outcome[] {
  const change = exampleChange(definition);
  const field = change && definition.fields[change.name];
  if (!change || !field) return [];
  const before = exampleValuesOf(definition)[change.name] ?? null;
  const changes = { [change.name]: { before, after: canonical(field, change.sent) } };
  return [{ status: 'UPDATED', message: `${label} updated: ${change.name}`, changes }];
}

function invalid({ fields }: EntityDefinition): Outcome {
  const field = Object.keys(fields).find((name) => fields[name]?.required) ?? 'zoho_id';
  const message = `${field} is required`;
  return { status: 'INVALID', message, errors: [{ field, code: 'MANDATORY_NOT_FOUND', message }] };
}

/** A row, under the name that the read routes' examples point to. */
export function rowExample({ definition, exampleDerived }: DescribedEntity): Record<string, ExampleObject> {
  const value = {
    zoho_id: EXAMPLE_ID,
    ...exampleValuesOf(definition),
    ...exampleDerived,
    version: EXAMPLE_VERSION,
    last_sync: '2026-02-14T10:21:09.412Z',
    created_at: '2026-02-14T10:21:09.412Z',
    updated_at: '2026-02-14T10:21:09.412Z',
  };
  const { row, page } = componentNames(definition);
  return {
    [row]: { summary: `One ${definition.name}`, value },
    [page]: { summary: `The last page of ${definition.plural}`, value: { data: [value], next_cursor: null } },
  };
}
