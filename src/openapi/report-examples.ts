import type { ExamplesObject } from '@nestjs/swagger';
import { indexOf } from '../sync/field-index';
import type { EntityDefinition } from '../sync/fields';
import { type Missing, type Outcome, STATUSES } from '../sync/outcome';
import { reasonOf } from '../sync/reasons';
import { exampleId } from './example-values';
import { EARLIER_VERSION, EXAMPLE_RUN_ID, EXAMPLE_VERSION, exampleChanges, exampleNamed } from './record-examples';

/** What a sync route answers: the report of a request with a record for each outcome. */
export function reportExamples(definition: EntityDefinition): ExamplesObject {
  const outcomes = exampleOutcomes(definition);
  const counts = STATUSES.map((status) => [status, outcomes.filter((outcome) => outcome.status === status).length]);
  const id = exampleId(definition.name).slice(0, -1);
  const value = {
    status: 'success',
    tenant_id: 'default',
    idempotency_key: '9a0364b9e99bb480dd25e1f0284c8555',
    run_id: EXAMPLE_RUN_ID,
    summary: { total: outcomes.length, ...Object.fromEntries(counts) },
    released: 2,
    results: outcomes.map((outcome, n) => ({ [`zoho_${definition.name}_id`]: `${id}${n + 1}`, ...outcome })),
  };
  return { outcomes: { summary: 'A record for each outcome', value } };
}

function exampleOutcomes(definition: EntityDefinition): Outcome[] {
  const label = indexOf(definition).label;
  const older = `Modified_Time ${EARLIER_VERSION} is older than the stored ${EXAMPLE_VERSION}`;
  return [
    { status: 'NEW', message: `${label} created` },
    ...updated(definition, label),
    { status: 'UNCHANGED', message: `${label} unchanged` },
    invalid(definition),
    ...skipped(definition, label),
    { status: 'STALE', message: `${label} not changed: ${older}` },
    { status: 'DELETED', message: `${label} deleted` },
  ];
}

function updated(definition: EntityDefinition, label: string): Outcome[] {
  const changes = exampleChanges(definition);
  const names = Object.keys(changes);
  return names.length > 0 ? [{ status: 'UPDATED', message: `${label} updated: ${names.join(', ')}`, changes }] : [];
}

function invalid({ fields }: EntityDefinition): Outcome {
  const field = Object.keys(fields).find((name) => fields[name]?.required) ?? 'zoho_id';
  const message = `${field} is required`;
  return { status: 'INVALID', message, errors: [{ field, code: 'MANDATORY_NOT_FOUND', message }] };
}

/** The first record that the example names is not there. */
function exampleMissing(definition: EntityDefinition): Missing[] {
  return exampleNamed(definition)
    .slice(0, 1)
    .map(([field, zohoId]) => ({
      field,
      zoho_id: zohoId,
      reason: reasonOf({ field, entity: field, zohoId, isDeleted: false }),
    }));
}

function skipped(definition: EntityDefinition, label: string): Outcome[] {
  const missing = exampleMissing(definition);
  return missing.map(({ field, zoho_id: zohoId, reason }) => {
    const message = `${label} waits for ${field} ${zohoId}, and is applied by itself when that is stored`;
    return { status: 'SKIPPED', message, reason, missing, deferred: true };
  });
}
