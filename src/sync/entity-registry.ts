import { Injectable } from '@nestjs/common';
import type { SyncedParts } from './synced-parts';

/** Every entity that the service keeps; each entity's service adds its own. */
@Injectable()
export class EntityRegistry {
  private readonly byName = new Map<string, SyncedParts>();

  add(parts: SyncedParts): void {
    this.byName.set(parts.definition.name, parts);
  }

  get all(): readonly SyncedParts[] {
    return [...this.byName.values()];
  }

  /** By the entity's name, which is its table's. */
  find(name: string): SyncedParts | undefined {
    return this.byName.get(name);
  }

  /** By the name in the routes, such as `students`. */
  findByRoute(plural: string): SyncedParts | undefined {
    return this.all.find(({ definition }) => definition.plural === plural);
  }
}
