import type { EntityDefinition } from '../sync/fields';
import { componentNames } from './component-names';
import { ZOHO_ID } from './field-kinds';
import { DRY_RUN } from './report-schemas';
import { objectOf, refTo, type Schema, type Schemas } from './schema';

const ERASED: Schema = {
  description:
    'How many lines were removed: of each entity, by its name, and of `history`, `waiting`, `waiting_for`, `claims` ' +
    'and `run_results`; `pushes` counts what was known of Moodle; `mentions` what stays and had something of it taken out.',
  type: 'object',
  additionalProperties: { type: 'integer', minimum: 0 },
};

/** What the delete route answers: that there is a tombstone now, or what was removed for good. */
export function removalSchemas(definition: EntityDefinition): Schemas {
  const names = componentNames(definition);
  const id: Schemas = { [`zoho_${definition.name}_id`]: ZOHO_ID };
  return {
    [names.deletion]: {
      description: 'A tombstone now, or was one already.',
      ...objectOf(
        {
          ...id,
          status: { type: 'string', const: 'DELETED' },
          message: { type: 'string' },
          run_id: { type: 'string', format: 'uuid' },
          ...DRY_RUN,
        },
        Object.keys(DRY_RUN),
      ),
    },
    [names.erasure]: {
      description: 'Removed for good.',
      ...objectOf({ ...id, erased: ERASED, dry_run: DRY_RUN['dry_run'] ?? {} }, ['dry_run']),
    },
    [names.removal]: {
      description: 'A tombstone, or with `erase` what was removed.',
      oneOf: [refTo(names.deletion), refTo(names.erasure)],
    },
  };
}
