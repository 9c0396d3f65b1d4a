import type { EntityDefinition } from './fields';
import type { IngressParser } from './ingress-parser';
import type { SyncedRepository } from './synced.repository';

/** What the pipeline needs of an entity. */
export interface SyncedParts {
  readonly definition: EntityDefinition;
  readonly parser: IngressParser;
  readonly repository: SyncedRepository;
}
