import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import type { CanonicalValues } from './record';

/** A row whose content has changed. */
export interface RowChange {
  readonly zohoId: string;
  /** the run that has changed it */
  readonly runId: string;
  /** null when there was no row, or a tombstone */
  readonly before: CanonicalValues | null;
  /** null when there is none any longer, or a tombstone */
  readonly after: CanonicalValues | null;
}

/** Told, in the transaction that makes them, which rows have changed. */
export type ChangeListener = (
  db: TenantDb,
  tenantId: string,
  entity: string,
  changes: readonly RowChange[],
) => Promise<void>;

/** Told, in the transaction that erases them, of which records nothing may be left. @returns how many lines it removed */
export type ErasureListener = (
  db: TenantDb,
  tenantId: string,
  entity: string,
  zohoIds: readonly string[],
) => Promise<number>;

/** Foretells, at the end of a dry run's transaction, what would follow from the changes; for the answer, under the key. */
export interface Foresight {
  readonly key: string;
  foresee(db: TenantDb, tenantId: string, entity: string, changes: readonly RowChange[]): Promise<object>;
}

/** What would follow from a dry run's changes, by key. */
export type Foreseen = Readonly<Record<string, object>>;

/** Where those who follow the rows hear of every change; the engine knows none of them. */
@Injectable()
export class RowChanges {
  private readonly listeners: ChangeListener[] = [];
  private readonly erasureListeners: ErasureListener[] = [];
  private readonly foresights: Foresight[] = [];

  listen(listener: ChangeListener): void {
    this.listeners.push(listener);
  }

  async tell(db: TenantDb, tenantId: string, entity: string, changes: readonly RowChange[]): Promise<void> {
    if (changes.length === 0) return;
    for (const listener of this.listeners) await listener(db, tenantId, entity, changes);
  }

  listenToErasure(listener: ErasureListener): void {
    this.erasureListeners.push(listener);
  }

  /** @returns how many lines the listeners removed */
  async tellErased(db: TenantDb, tenantId: string, entity: string, zohoIds: readonly string[]): Promise<number> {
    let count = 0;
    for (const listener of this.erasureListeners) count += await listener(db, tenantId, entity, zohoIds);
    return count;
  }

  addForesight(foresight: Foresight): void {
    this.foresights.push(foresight);
  }

  async foresee(db: TenantDb, tenantId: string, entity: string, changes: readonly RowChange[]): Promise<Foreseen> {
    const foreseen: Record<string, object> = {};
    for (const foresight of this.foresights)
      foreseen[foresight.key] = await foresight.foresee(db, tenantId, entity, changes);
    return foreseen;
  }
}
