import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { isKnownCode } from '../moodle/moodle-error';
import { UNPUSHED } from '../push/push-standing';
import { DEFERRED_STATES } from '../sync/deferral/deferred-record.entity';
import { startOf } from './start-of-run';
import { type Standing, Standings } from './standings';

/** A person who is called by an alert must know whose it is, so these are told by tenant; of so many at most. */
const MOST_TENANTS = 500;

type Named = readonly [tenant: string, value: number];

/** What of the tenants' standing Prometheus is told: sums over all of them, and by tenant only what an alert needs. */
@Injectable()
export class StandingGauges {
  private readonly age: Gauge;
  private readonly deferred: Gauge<'state'>;
  private readonly targets: Gauge<'state'>;
  private readonly marks: Gauge;
  private readonly deferredAge: Gauge<'tenant'>;
  private readonly pushAge: Gauge<'tenant'>;
  private readonly holds: Gauge<'tenant'>;
  private readonly holdAge: Gauge<'tenant'>;
  private readonly paused: Gauge<'tenant' | 'by' | 'reason'>;
  private readonly received: Gauge<'tenant'>;

  constructor(
    private readonly registry: Registry,
    private readonly standings: Standings,
  ) {
    this.age = this.gauge(
      'standing_age_seconds',
      'How old the oldest of the figures is that are read from the database',
    );
    this.deferred = this.gauge('deferred_records', 'How many records wait for another, or lie there after waiting', [
      'state',
    ]);
    this.targets = this.gauge('push_targets', 'How many things in Moodle are not as they are to be, by state', [
      'state',
    ]);
    this.marks = this.gauge('push_marks', 'How many lines of changes are not planned yet');
    this.deferredAge = this.gauge('deferred_oldest_age_seconds', 'How long the oldest record has waited for another', [
      'tenant',
    ]);
    this.pushAge = this.gauge('push_oldest_age_seconds', 'How long what is due for longest has waited to be pushed', [
      'tenant',
    ]);
    this.holds = this.gauge('push_holds_open', 'How many holds wait for approval', ['tenant']);
    this.holdAge = this.gauge('push_hold_oldest_age_seconds', 'How long the oldest hold has waited for approval', [
      'tenant',
    ]);
    this.paused = this.gauge(
      'push_paused_seconds',
      'For how long nothing has been pushed for a tenant, by whom and why',
      ['tenant', 'by', 'reason'],
    );
    this.received = this.gauge('tenant_last_received_timestamp_seconds', 'When records last came for a tenant', [
      'tenant',
    ]);
  }

  /** Looks how the tenants stand now; never fails. */
  async refresh(): Promise<void> {
    await this.standings.refresh();
    const known = [...this.standings.known];
    this.age.set(this.standings.ageSeconds);
    for (const state of DEFERRED_STATES)
      this.deferred.set(
        { state },
        sumOf(known, ({ deferred }) => deferred.counts[state]),
      );
    for (const state of UNPUSHED)
      this.targets.set(
        { state },
        sumOf(known, ({ push }) => push.counts[state] ?? 0),
      );
    this.marks.set(sumOf(known, ({ push }) => push.marks));
    tell(this.deferredAge, known, ({ deferred }) => deferred.oldestSeconds);
    tell(this.pushAge, known, pushAgeOf);
    tell(this.holds, known, ({ push }) => push.openHolds || null);
    tell(this.holdAge, known, ({ push }) => push.oldestHoldSeconds);
    tell(this.received, known, ({ lastReceived }) => lastReceived && lastReceived.getTime() / 1_000);
    this.tellPauses(known);
  }

  private tellPauses(known: readonly (readonly [string, Standing])[]): void {
    this.paused.reset();
    // Where there is no Moodle to push to any more, nobody has to end the pause.
    const pauses = known.flatMap(([tenant, { hasSite, push }]) =>
      hasSite && push.pause ? [{ tenant, ...push.pause }] : [],
    );
    for (const { tenant, by, reason, seconds } of pauses
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, MOST_TENANTS))
      this.paused.set({ tenant, by, reason: by === 'person' || isKnownCode(reason) ? reason : 'other' }, seconds);
  }

  private gauge<T extends string>(name: string, help: string, labelNames: readonly T[] = []): Gauge<T> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}

const sumOf = (known: readonly (readonly [string, Standing])[], value: (standing: Standing) => number): number =>
  known.reduce((sum, [, standing]) => sum + value(standing), 0);

/** The greatest values, if there are too many: the oldest, or of those that have received something, the latest. */
function tell(
  gauge: Gauge<'tenant'>,
  known: readonly (readonly [string, Standing])[],
  value: (standing: Standing) => number | null,
): void {
  const values = known.flatMap(([tenant, standing]): Named[] => {
    const number = value(standing);
    return number === null ? [] : [[tenant, number]];
  });
  gauge.reset();
  for (const [tenant, number] of values.toSorted((a, b) => b[1] - a[1]).slice(0, MOST_TENANTS))
    gauge.set({ tenant }, number);
}

/** What is only kept, as there is no Moodle to push it to, is not late. */
function pushAgeOf({ hasSite, push: { dueSeconds, oldestMarkedBy } }: Standing): number | null {
  if (!hasSite) return null;
  const marked = oldestMarkedBy === null ? null : startOf(oldestMarkedBy);
  const markedSeconds = marked && Math.max(0, (Date.now() - marked.getTime()) / 1_000);
  return dueSeconds === null && markedSeconds === null ? null : Math.max(dueSeconds ?? 0, markedSeconds ?? 0);
}
