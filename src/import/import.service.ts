import { Injectable, Logger } from '@nestjs/common';
import { uuidv7 } from 'uuidv7';
import { TenantTransaction } from '../database/tenant-transaction';
import { Problem } from '../request/problem';
import type { RunResult } from '../sync/history/run-result';
import { newRun } from '../sync/run';
import { EntityRegistry } from '../sync/entity-registry';
import type { SyncedParts } from '../sync/synced-parts';
import type { ImportListener, ImportOrder } from './import-order';
import { ImportEnding } from './import-ending';
import {
  type ImportReport,
  isRejected,
  NO_RECORDS,
  plus,
  type RejectedRecord,
  type Tally,
  toRejected,
} from './import-report';
import { ImportRepository } from './import.repository';
import { type Session, ImportSessions } from './import-session';
import { PortionApplier, type ParsedPortion } from './portion-applier';
import { readAhead } from './read-ahead';
import { type Portion, portionsOf } from './reading/portions';
import { openFile } from './reading/record-reader';

/** So many rejected records are in the report; all of them are told one by one as they come. */
const MOST_REPORTED = 1_000;

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

/** Takes files of records in: portion by portion, in their order, never more than two of them in memory. */
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
    const { order, listener, session } = work;
    let tally = NO_RECORDS;
    let [number, skipped] = [0, 0];
    const first: RejectedRecord[] = [];
    for await (const step of readAhead(this.steps(work, portions))) {
      const { portion } = step;
      const done = step.records ? await this.apply(work, step, tally) : await this.recall(work, portion);
      tally = plus(tally, done.tally);
      number = portion.number;
      if (!step.records) skipped = tally.summary.total;
      const rejected = done.results.filter(isRejected).map(toRejected);
      first.push(...rejected.slice(0, MOST_REPORTED - first.length));
      if (rejected.length > 0) await listener.rejected?.(withSources(rejected, portion));
      listener.progress?.({ records: tally.summary.total, skipped, rejected: tally.rejected });
    }
    if (session && number < session.portions) throw hasChanged();
    const { released, missing } = await this.ending.of(work, tally);
    const report: ImportReport = {
      status: 'success',
      tenant_id: order.tenantId,
      import_id: session?.id ?? null,
      entity: order.entity,
      ...(order.dryRun && { dry_run: true }),
      resumed: session?.resumed ?? false,
      summary: tally.summary,
      released,
      rejected: { total: tally.rejected, first },
      ...(missing && { missing }),
    };
    this.log.log(
      `${order.entity}: imported ${tally.summary.total}, ${tally.rejected} rejected (${session?.id ?? 'dry run'})`,
    );
    return report;
  }

  private async *steps({ parts, order, session }: Work, portions: AsyncGenerator<Portion>): AsyncGenerator<Step> {
    for await (const portion of portions) {
      const isDone = session !== null && portion.number <= session.portions;
      yield isDone ? { portion, records: null } : await this.portions.parse(parts, order.tenantId, portion);
    }
  }

  /** A portion that an earlier try has done: only what became of it is looked up. */
  private async recall({ order, session }: Work, { number, digest }: Portion): Promise<Recalled> {
    if (!session) throw new Error('A dry run has nothing to go on with');
    const done = await this.transaction.run(order.tenantId, (db) => this.imports.findPortion(db, session, number));
    if (done?.digest !== digest) throw hasChanged();
    const { summary, withoutId, results } = done;
    return { tally: { summary, withoutId, rejected: results.filter(isRejected).length }, results };
  }

  private apply({ order, parts, session, seen }: Work, step: ParsedPortion, before: Tally): Promise<Recalled> {
    const { tenantId, requestId, dryRun, full } = order;
    const { number, digest } = step.portion;
    const run = newRun(tenantId, 'import', { requestId, importId: session?.id ?? uuidv7() });
    return this.portions.apply(
      parts,
      run,
      step,
      async (db, { tally }, zohoIds) => {
        if (full && !session) for (const id of zohoIds) seen.add(id);
        if (!session) return;
        const isOurs = await this.imports.addPortion(
          db,
          session,
          { number, digest, runId: run.id },
          tally,
          plus(before, tally),
        );
        if (!isOurs) throw new Problem('IMPORT_IN_PROGRESS', 'Another process has gone on with this import');
        if (full) await this.imports.see(db, session, zohoIds);
      },
      dryRun,
    );
  }
}

interface Recalled {
  readonly tally: Tally;
  readonly results: readonly RunResult[];
}

async function* withFirst(
  first: IteratorResult<Portion, void>,
  rest: AsyncGenerator<Portion>,
): AsyncGenerator<Portion> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

function withSources(rejected: readonly RejectedRecord[], { records }: Portion) {
  const sources = new Map(records.map(({ number, source }) => [number, source]));
  return rejected.map((each) => ({ ...each, source: sources.get(each.record) ?? '' }));
}

const hasChanged = (): Problem =>
  new Problem(
    'IMPORT_CHANGED',
    'The file has changed since the unfinished import of it began. Import the file as it was, or begin anew: --restart, or restart=true',
  );
