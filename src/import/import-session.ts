import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { TenantTransaction } from '../database/tenant-transaction';
import { Problem } from '../request/problem';
import type { EntityDefinition } from '../sync/fields';
import { ImportLock } from './import-lock';
import type { ImportOrder } from './import-order';
import { NO_RECORDS } from './import-report';
import { type ImportId, ImportRepository } from './import.repository';
import type { Portion } from './reading/portions';

/** An import that is worked on. */
export interface Session extends ImportId {
  /** portions that are done already */
  readonly portions: number;
  readonly resumed: boolean;
  /** when it was begun, by the database's clock */
  readonly startedAt: Date;
}

/** Finds the import that a file goes on with, or begins one. */
@Injectable()
export class ImportSessions {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly lock: ImportLock,
    private readonly imports: ImportRepository,
  ) {}

  /**
   * Works on the import alone.
   *
   * @param first of the file; null when it has no records
   * @throws Problem when another process is at it, or when the key is of another import
   */
  async within<T>(
    order: ImportOrder,
    definition: EntityDefinition,
    first: Portion | null,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const key = order.key === null ? keyOf(order, first) : NAMED + order.key;
    return this.lock.hold(order.tenantId, key, async () => work(await this.open(order, definition, key)));
  }

  private open(order: ImportOrder, { name, plural }: EntityDefinition, key: string): Promise<Session> {
    const { tenantId, restart, full: isFull } = order;
    return this.transaction.run(tenantId, async (db) => {
      const found = await this.imports.findRunning(db, tenantId, key);
      if (found && restart) await this.imports.abandon(db, { tenantId, id: found.id });
      if (!found || restart) {
        const id = uuidv7();
        const startedAt = await this.imports.insert(db, { tenantId, id }, { entity: name, key, isFull }, NO_RECORDS);
        return { tenantId, id, portions: 0, resumed: false, startedAt };
      }
      if (found.entity !== name || found.isFull !== isFull) {
        const asked = `of ${plural}${isFull ? ', full' : ''}`;
        throw new Problem('IDEMPOTENCY_KEY_REUSED', `The unfinished import of this key is another one, not ${asked}`);
      }
      const { id, portions, startedAt } = found;
      return { tenantId, id, portions, resumed: true, startedAt };
    });
  }
}

/** Before a key that the caller named. */
const NAMED = 'named ';

/** The same file is the same import, as long as that is not finished. */
function keyOf({ entity, full }: ImportOrder, first: Portion | null): string {
  return createHash('sha256')
    .update(JSON.stringify([entity, full, first?.digest]))
    .digest('hex');
}
