import type { EntityDefinition } from '../sync/fields';
import type { ChangeView } from '../sync/history/history-reader';
import { componentNames } from './component-names';
import { INSTANT, objectOf, orNull, pageOf, refTo, type Schemas } from './schema';

/** Compiles only while this is every status that the history has. */
const HISTORY_STATUSES: Readonly<Record<ChangeView['status'], true>> = { NEW: true, UPDATED: true, DELETED: true };

const RUN_ID = { type: 'string', format: 'uuid' } as const;

/** What the history route answers. */
export function historySchemas(definition: EntityDefinition): Schemas {
  const names = componentNames(definition);
  return {
    [names.historyEntry]: {
      description: `One change of a ${definition.name}.`,
      ...objectOf({
        status: { type: 'string', enum: Object.keys(HISTORY_STATUSES) },
        changes: refTo(names.changes),
        version: { ...orNull(INSTANT), description: '`Modified_Time` of the record that made the change.' },
        run_id: { ...RUN_ID, description: 'The run that made the change.' },
        waited_since_run_id: {
          ...orNull(RUN_ID),
          description: 'The run that brought the record, when it had to wait for another.',
        },
        source: { type: ['string', 'null'], description: 'What the body of the run said of where it came from.' },
        recorded_at: INSTANT,
      }),
    },
    [names.history]: pageOf(names.historyEntry, 'A page of changes, the newest first.'),
  };
}
