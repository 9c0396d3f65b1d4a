import { collection } from '../canary/collection';
import { type Call, CallLog, type CallMatch } from './calls';
import type { Capability } from './capabilities';
import { type Duplicate, duplicatesOf } from './duplicates';
import { moodleException } from './exceptions';
import { type FaultOptions, FaultRule } from './fault-rules';
import type { Fault } from './faults';
import type { InsertHold } from './insert-hold';
import { Listener, type Received } from './listener';
import { type PhpArray, plain, readPhpForm } from './php-form';
import { htmlReply, type Reply, replyOf } from './reply';
import { ALL_FUNCTIONS, changesSomething, Service, textOf, withoutEnvelope } from './service';
import { DEFAULT_SETTINGS, Site, type SiteSettings } from './site';

const SERVICE_USER = 3;
const PHP_MAX_INPUT_VARS = 1000;

/** How the site as a whole is. */
export type Condition = 'well' | 'maintenance' | 'maintenance by web' | 'web services off';

export interface MoodleOptions extends Partial<SiteSettings> {
  /** PHP's own limit, 1000 unless a site raised it. */
  readonly maxInputVars?: number;
  readonly token?: string;
  /** Of the service; all that are answered unless told otherwise. */
  readonly functions?: readonly string[];
}

/** A Moodle for the tests: answers as a real one was recorded to, remembers, and fails as it is told. */
export class Moodle {
  readonly site: Site;
  readonly service: Service;
  readonly token: string;
  condition: Condition = 'well';
  private readonly log = new CallLog();
  private readonly rules: FaultRule[] = [];
  private readonly listener = new Listener((received) => this.receive(received));

  private constructor(private options: MoodleOptions) {
    this.site = new Site({ ...DEFAULT_SETTINGS, ...options });
    this.service = new Service(this.site);
    this.token = options.token ?? 'token-of-svc-sis';
    this.grantToken();
  }

  static async start(options: MoodleOptions = {}): Promise<Moodle> {
    const moodle = new Moodle(options);
    await moodle.listener.open();
    return moodle;
  }

  /** The address that is configured, without a slash at its end. */
  get url(): string {
    return this.listener.url;
  }

  get calls(): readonly Call[] {
    return this.log.calls;
  }

  /** The calls of functions that change something, of those after the first `from`. */
  writingCalls(from = 0): Call[] {
    return this.calls.slice(from).filter(({ writes }) => writes);
  }

  waitForCall(match: CallMatch, from = 0): Promise<Call> {
    return this.log.waitFor(match, from);
  }

  /** When no call is on its way, nor work of one whose client has left. */
  async idle(): Promise<void> {
    let seen = 0;
    do {
      seen = this.calls.length;
      await Promise.all(this.calls.map(({ over }) => over));
    } while (seen !== this.calls.length);
  }

  /** As its administrator does, while it runs. */
  configure(changes: Pick<MoodleOptions, 'maxInputVars' | 'version' | 'assignableRoles'>): void {
    this.options = { ...this.options, ...changes };
    this.site.settings = { ...this.site.settings, ...changes };
  }

  /** From now on; of several that fit a call, the first that is not used up. */
  fail(fault: Fault, options: FaultOptions = {}): FaultRule {
    const rule = new FaultRule(fault, options);
    this.rules.push(rule);
    return rule;
  }

  failNoMore(): void {
    for (const rule of this.rules.splice(0)) rule.end();
  }

  takeAwayFunction(name: string, token = this.token): void {
    this.service.of(token)?.functions.delete(name);
  }

  giveFunction(name: string, token = this.token): void {
    this.service.of(token)?.functions.add(name);
  }

  takeAwayCapability(capability: Capability): void {
    this.site.lacking.add(capability);
  }

  giveCapability(capability: Capability): void {
    this.site.lacking.delete(capability);
  }

  revokeToken(token = this.token): void {
    this.service.revoke(token);
  }

  grantToken(token = this.token, userid = SERVICE_USER): void {
    collection.secret(token);
    this.service.grant(token, userid, this.options.functions ?? ALL_FUNCTIONS);
  }

  /** The moment between a create's look at what is taken and its insert: hold it, and races can be told. */
  get inserts(): InsertHold {
    return this.site.inserts;
  }

  duplicates(): Duplicate[] {
    return duplicatesOf(this.site);
  }

  /** Connections are cut and refused; calls on their way are lost, but not the work they began. */
  goDown(): Promise<void> {
    return this.listener.close();
  }

  comeBack(): Promise<void> {
    return this.listener.open();
  }

  async stop(): Promise<void> {
    this.site.inserts.release();
    await this.listener.close();
  }

  private async receive({ body, query, exchange }: Received): Promise<void> {
    const limit = this.options.maxInputVars ?? PHP_MAX_INPUT_VARS;
    const [inQuery, inBody] = [readPhpForm(query, limit), readPhpForm(body, limit)];
    const variables: PhpArray = new Map([...inQuery.variables, ...inBody.variables]);
    const { call, finish } = this.record(variables, [...inBody.variables.keys()], inQuery.sent + inBody.sent);
    try {
      const rule = this.rules.find((each) => each.takes(call));
      const work = (): Promise<Reply> => this.work(variables);
      if (rule === undefined) exchange.answer(await work());
      else await rule.fault({ ...exchange, work });
    } finally {
      finish();
    }
  }

  private record(variables: PhpArray, names: string[], sent: number): ReturnType<CallLog['add']> {
    const wsfunction = textOf(variables, 'wsfunction');
    return this.log.add({
      wsfunction,
      token: textOf(variables, 'wstoken'),
      params: plain(withoutEnvelope(variables)) as Call['params'],
      names,
      variables: sent,
      at: this.site.settings.now(),
      writes: changesSomething(wsfunction),
    });
  }

  private async work(variables: PhpArray): Promise<Reply> {
    if (this.condition === 'maintenance') return htmlReply(503, 'Maintenance');
    if (this.condition === 'web services off') return htmlReply(403, 'Forbidden');
    return replyOf(textOf(variables, 'moodlewsrestformat'), () => {
      if (this.condition === 'maintenance by web')
        throw moodleException('sitemaintenance', 'The site is undergoing maintenance and is currently not available');
      return this.service.answer(variables);
    });
  }
}
