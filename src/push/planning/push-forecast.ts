import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { TenantDb } from '../../database/tenant-db';
import { Environment } from '../../config/environment';
import { EntityRegistry } from '../../sync/entity-registry';
import { ProfileReader } from '../../sync/profile/profile-reader';
import { type Foresight, type RowChange, RowChanges } from '../../sync/row-changes';
import { answerOf } from './forecast-answers';
import { TargetKinds } from '../kinds/target-kinds';
import { type MakeCall, MoodleCalls } from '../site/moodle-calls';
import { settingsOf } from '../wanted/moodle-settings';
import { Planner } from './planner';
import { PushSources } from '../wanted/push-source';
import { recordOf, recordsIn, type RecordView } from '../targets/record-view';
import type { Kind, Settlement } from '../targets/target';
import { type Pushing, TargetPusher } from '../target-pusher';
import { type Settled, SettlementRepository } from '../targets/settlement.repository';
import { TargetRepository } from '../targets/target.repository';

/** As many as a worker has in its hands. */
const BATCH = 500;

/** A call that would change something in Moodle. */
interface ForeseenCall {
  readonly function: string;
  readonly items: number;
}

/** What would become of one thing in Moodle. */
interface ForeseenTarget extends RecordView {
  readonly kind: Kind;
  readonly within: readonly RecordView[];
  readonly state: Settlement['outcome'];
  readonly reason: string | null;
  readonly message: string | null;
}

/** What a request would lead to in Moodle, as far as that is known without asking Moodle. */
interface Forecast {
  readonly calls: readonly ForeseenCall[];
  readonly targets: readonly ForeseenTarget[];
}

/**
 * Foretells, for a dry run, which calls would be made: the push itself, with calls that reach nobody, in the transaction
 * that is rolled back. What is not known to be in Moodle is taken to be missing there.
 */
@Injectable()
export class PushForecast implements Foresight, OnModuleInit {
  readonly key = 'moodle';

  constructor(
    private readonly changes: RowChanges,
    private readonly environment: Environment,
    private readonly entities: EntityRegistry,
    private readonly profiles: ProfileReader,
    private readonly sources: PushSources,
    private readonly planner: Planner,
    private readonly kinds: TargetKinds,
    private readonly targets: TargetRepository,
    private readonly settlements: SettlementRepository,
    private readonly pusher: TargetPusher,
  ) {}

  onModuleInit(): void {
    this.changes.addForesight(this);
  }

  async foresee(db: TenantDb, tenantId: string, entity: string, changes: readonly RowChange[]): Promise<Forecast> {
    const subjects = this.sources.subjectsOf(entity, changes);
    if (subjects.length === 0) return { calls: [], targets: [] };
    const settings = settingsOf((await this.profiles.read(tenantId)).profile, this.environment);
    await this.planner.planFor({ db, tenantId, settings }, new Map(subjects.map((subject) => [subject, null])));
    const calls: ForeseenCall[] = [];
    const pushing = { tenantId, settings, within: <T>(work: (db: TenantDb) => Promise<T>) => work(db) };
    const settled = await this.pushAll(db, { ...pushing, calls: new MoodleCalls(pretend(calls)) });
    return { calls, targets: [...settled.values()].map((one) => this.toView(one)) };
  }

  /** Each kind until none of it is due, then from the first again, as long as anything was. */
  private async pushAll(db: TenantDb, pushing: Pushing): Promise<Map<string, Settled>> {
    const { tenantId } = pushing;
    const all = new Map<string, Settled>();
    for (let count = 1; count > 0;) {
      count = 0;
      for (const kind of this.kinds.inOrder) {
        for (let some = BATCH; some === BATCH;) {
          const lease = randomUUID();
          const claimed = await this.targets.claimTouched(db, tenantId, kind.kind, lease, BATCH);
          if (claimed.length === 0) break;
          const settled = await this.pusher.push(pushing, kind, claimed, lease);
          await this.settlements.write(db, tenantId, lease, settled);
          for (const one of settled) if (isNews(one)) all.set(one.target.id, one);
          some = claimed.length;
          count += some;
        }
      }
    }
    return all;
  }

  private toView({ target: { kind, subject, place }, settlement }: Settled): ForeseenTarget {
    const { reason, message } = { reason: null, message: null, ...settlement };
    const within = recordsIn(this.entities, place);
    return { kind, ...recordOf(this.entities, subject), within, state: settlement.outcome, reason, message };
  }
}

/** Calls that are only written down. New things have ids that Moodle never gives. */
function pretend(calls: ForeseenCall[]): MakeCall {
  let id = 0;
  return (fn, parameters, items) => {
    if (fn.writes) calls.push({ function: fn.name, items });
    return Promise.resolve(answerOf(fn)(parameters, () => (id -= 1)));
  };
}

/** What is as it was before, or is nothing and stays so, needs no word. */
const isNews = ({ target, settlement }: Settled): boolean =>
  settlement.outcome !== 'pushed' || settlement.digest !== target.pushedDigest;
