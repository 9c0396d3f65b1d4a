import { Injectable, Logger } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { TenantTransaction } from '../database/tenant-transaction';
import { Problem } from '../request/problem';
import { newRun } from '../sync/run';
import { EntityRegistry } from '../sync/entity-registry';
import type { SyncedParts } from '../sync/synced-parts';
import type { ImportListener, ImportOrder } from './import-order';
import { ImportEnding, MOST_SEEN } from './import-ending';
import { Account } from './import-account';
import { type ImportReport, isRejected, plus } from './import-report';
import { ImportRepository } from './import.repository';
import { type Session, ImportSessions } from './import-session';
import { type AppliedPortion, type ParsedPortion, PortionApplier } from './portion-applier';
import { PortionQueue, type SealPortion } from './portion-queue';
import { readAhead } from './read-ahead';
import { type Portion, portionsOf } from './reading/portions';
import { openFile } from './reading/open-file';
import { overtaken } from './overtaken';

/** What an import is worked on with. */
interface Work {
  readonly order: ImportOrder;
  readonly parts: SyncedParts;
  readonly listener: ImportListener;
  /** null of a dry run */
  readonly session: Session | null;
  /** of a full dry run: the ids that the file has */
  readonly seen: Set<string>;
}

/** A portion as it is worked on: parsed, but for those that an earlier try has done. */
type Step = ParsedPortion | { readonly portion: Portion; readonly records: null };

/** Takes files of records in: portion by portion, in their order, never more than a few of them in memory. */
@Injectable()
export class ImportService {
  private readonly log = new Logger(ImportService.name);

  constructor(
    private readonly entities: EntityRegistry,
    private readonly transaction: TenantTransaction,
    private readonly sessions: ImportSessions,
    private readonly imports: ImportRepository,
    private readonly portions: PortionApplier,
    private readonly ending: ImportEnding,
  ) {}

  /** @throws Problem when the file as a whole cannot be taken in, or cannot be gone on with */
  async run(order: ImportOrder, listener: ImportListener = {}): Promise<ImportReport> {
    const parts = this.partsOf(order.entity);
    const file = await openFile(order.bytes, order.format, parts.definition);
    const portions = portionsOf(file);
    try {
      const first = await portions.next();
      const all = withFirst(first, portions);
      const work = { order, parts, listener, seen: new Set<string>() };
      if (order.dryRun) {
        await listener.opened?.(file.layout, null);
        return await this.work({ ...work, session: null }, all);
      }
      return await this.sessions.within(order, parts.definition, first.done ? null : first.value, async (session) => {
        await listener.opened?.(file.layout, session.id);
        return this.work({ ...work, session }, all);
      });
    } finally {
      await portions.return(undefined);
    }
  }

  private partsOf(entity: string): SyncedParts {
    const parts = this.entities.findByRoute(entity);
    if (parts) return parts;
    const known = this.entities.all.map(({ definition }) => definition.plural).toSorted();
    throw new Problem('NOT_FOUND', `There is no such entity. There are: ${known.join(', ')}`);
  }

  private async work(work: Work, portions: AsyncGenerator<Portion>): Promise<ImportReport> {
    const { order, parts, session } = work;
    const queue = new PortionQueue(this.portions, parts, order.dryRun, this.sealOf(work));
    const account = new Account(work.listener);
    let waiting: { readonly portion: Portion; readonly done: Promise<AppliedPortion> } | null = null;
    let number = 0;
    try {
      for await (const step of readAhead(this.steps(work, portions))) {
        const { portion } = step;
        number = portion.number;
        if (!step.records) {
          const done = await this.recall(work, portion);
          queue.tally = plus(queue.tally, done.tally);
          await account.recall(portion, done);
          continue;
        }
        const importId = session?.id ?? uuidv7();
        const done = queue.add(step, newRun(order.tenantId, 'import', { requestId: order.requestId, importId }));
        if (waiting) await account.add(waiting.portion, await waiting.done);
        waiting = { portion, done };
      }
      if (waiting) await account.add(waiting.portion, await waiting.done);
    } finally {
      await queue.settled();
    }
    if (session && number < session.portions) throw hasChanged();
    const { released, missing } = await this.ending.of(work, account.tally);
    const report: ImportReport = {
      status: 'success',
      tenant_id: order.tenantId,
      import_id: session?.id ?? null,
      entity: order.entity,
      ...(order.dryRun && { dry_run: true }),
      resumed: session?.resumed ?? false,
      summary: account.tally.summary,
      released,
      rejected: { total: account.tally.rejected, first: account.first },
      ...(missing && { missing }),
    };
    const { summary, rejected } = account.tally;
    this.log.log(`${order.entity}: imported ${summary.total}, ${rejected} rejected (${session?.id ?? 'dry run'})`);
    return report;
  }

  private async *steps({ parts, order, session }: Work, portions: AsyncGenerator<Portion>): AsyncGenerator<Step> {
    for await (const portion of portions) {
      const isDone = session !== null && portion.number <= session.portions;
      yield isDone ? { portion, records: null } : await this.portions.parse(parts, order.tenantId, portion);
    }
  }

  /** A portion that an earlier try has done: only what became of it is looked up. */
  private async recall({ order, session }: Work, { number, digest }: Portion): Promise<AppliedPortion> {
    if (!session) throw new Error('A dry run has nothing to go on with');
    const done = await this.transaction.run(order.tenantId, (db) => this.imports.findPortion(db, session, number));
    if (done?.digest !== digest) throw hasChanged();
    const { summary, withoutId, results } = done;
    return { tally: { summary, withoutId, rejected: results.filter(isRejected).length }, results };
  }

  private sealOf({ order, session, seen }: Work): SealPortion {
    return async (db, { portion: { number, digest }, run }, { tally }, all, zohoIds) => {
      if (!session) {
        if (order.full && seen.size <= MOST_SEEN) for (const id of zohoIds) seen.add(id);
        return;
      }
      const isOurs = await this.imports.addPortion(db, session, { number, digest, runId: run.id }, tally, all);
      if (!isOurs) throw overtaken();
      if (order.full) await this.imports.see(db, session, zohoIds);
    };
  }
}

async function* withFirst(
  first: IteratorResult<Portion, void>,
  rest: AsyncGenerator<Portion>,
): AsyncGenerator<Portion> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

const hasChanged = (): Problem =>
  new Problem(
    'IMPORT_CHANGED',
    'The file has changed since the unfinished import of it began. Import the file as it was, or begin anew: --restart, or restart=true',
  );
