import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from '../faults/stage';
import { ask } from '../support/databases';
import type { Run } from '../support/run';
import { type Blow, pick } from './plan';

type Duty = 'service' | 'worker';

/** Where a process of a duty is, one after the other. */
interface Place {
  readonly duty: Duty;
  run: Run;
  /** what it says when it is ready: a service its address; null until then */
  ready: string | null;
}

const OF_EACH = 2;
/** By which the database knows them from those who look on. */
const CREW_NAME = 'crew';

/** Services and workers that are started anew whenever they have ended, as whoever runs them does. */
export class Crew {
  /** what was done to them, by kind */
  readonly blows: Record<string, number> = {};
  /** what none of that explains */
  readonly surprises: string[] = [];
  private readonly places: Place[];
  private readonly struck = new WeakSet<Run>();
  private isOver = false;
  private turn = 0;

  constructor(private readonly stage: Stage) {
    this.places = (['service', 'worker'] as const).flatMap((duty) =>
      Array.from({ length: OF_EACH }, () => this.occupy({ duty, run: this.begin(duty), ready: null })),
    );
  }

  /** A service that takes requests, each in its turn; null while there is none. */
  readonly address = (): string | null => {
    const ready = this.ready('service');
    return ready[(this.turn += 1) % ready.length]?.ready ?? null;
  };

  /** Strikes one that is ready, if need be when it is. */
  async deal(blow: Blow): Promise<void> {
    if (blow.to === 'connections') return this.breakOff(blow.which);
    while (this.ready(blow.to).length === 0) await pause(20);
    const { run } = pick(this.ready(blow.to), blow.which);
    this.count(`${blow.to} ${blow.signal}`);
    this.struck.add(run);
    const code = await run.end(blow.signal);
    if (blow.signal === 'SIGTERM' && code !== 0) this.surprises.push(`a ${blow.to} ended with ${code}: ${tailOf(run)}`);
  }

  async dismiss(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.places.map(({ run }) => run.end('SIGTERM')));
  }

  private ready(duty: Duty): Place[] {
    return this.places.filter((place) => place.duty === duty && place.ready !== null);
  }

  /** Half of their connections to the database, or the other half. */
  private async breakOff(which: number): Promise<void> {
    this.count('connections broken off');
    await ask(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = $1 AND pid % 2 = $2`,
      [CREW_NAME, pick([0, 1], which)],
      this.stage.database.superuserUrl,
    );
  }

  private begin(duty: Duty): Run {
    const name = { APP_NAME: CREW_NAME };
    return duty === 'service' ? this.stage.serveSoon(name) : this.stage.work(3, name);
  }

  private occupy(place: Place): Place {
    const { run, duty } = place;
    const isReady = duty === 'service' ? run.ready() : run.says(/( works), /);
    isReady.then(
      (said) => (place.ready = said),
      () => undefined,
    );
    void run.end().then((code) => this.replace(place, code));
    return place;
  }

  /** A start may fail when the database has just broken off its connection; nothing else may end one. */
  private replace(place: Place, code: number | null): void {
    if (this.isOver) return;
    if (!this.struck.has(place.run)) {
      if (place.ready === null) this.count('failed starts');
      else this.surprises.push(`a ${place.duty} ended by itself with ${code}: ${tailOf(place.run)}`);
    }
    place.ready = null;
    place.run = this.begin(place.duty);
    this.occupy(place);
  }

  private count(what: string): void {
    this.blows[what] = (this.blows[what] ?? 0) + 1;
  }
}

const tailOf = ({ output }: Run): string => output.slice(-2_000);
