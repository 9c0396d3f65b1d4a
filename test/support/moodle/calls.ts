import { Gate } from './gate';

export interface Call {
  /** Empty if none was named. */
  readonly wsfunction: string;
  readonly token: string;
  /** Nested as PHP sees them, without what it leaves out; every value is text. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Of the variables in the body, without their brackets, in the order in which they were sent. */
  readonly names: readonly string[];
  /** How many variables were sent. */
  readonly variables: number;
  /** Milliseconds. */
  readonly at: number;
  /** Whether the function is one that changes something. */
  readonly writes: boolean;
  /** When it is over: answered, cut off, or done for nobody. */
  readonly over: Promise<void>;
}

export type CallMatch = string | ((call: Call) => boolean);

export const matches = (match: CallMatch | undefined, call: Call): boolean =>
  match === undefined || (typeof match === 'string' ? call.wsfunction === match : match(call));

/** Every call in the order in which they came. */
export class CallLog {
  readonly calls: Call[] = [];
  private watchers: { readonly match: CallMatch; readonly found: (call: Call) => void }[] = [];

  add(values: Omit<Call, 'over'>): { readonly call: Call; readonly finish: () => void } {
    const gate = new Gate();
    const call = { ...values, over: gate.opened };
    this.calls.push(call);
    const [told, others] = [true, false].map((is) => this.watchers.filter(({ match }) => matches(match, call) === is));
    this.watchers = others ?? [];
    for (const { found } of told ?? []) found(call);
    return { call, finish: () => gate.open() };
  }

  /** The first that matches, whether it came already or is still to come; of those after the first `from`. */
  waitFor(match: CallMatch, from: number): Promise<Call> {
    const there = this.calls.slice(from).find((call) => matches(match, call));
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((found) => this.watchers.push({ match, found }));
  }
}
