import type { Capability } from '../capabilities';
import type { PhpArray } from '../php-form';
import { type Params, type ReadParams, readParams } from '../params';
import type { Site } from '../site';
import { atomically } from '../table';

export interface MoodleFunction {
  readonly writes: boolean;
  readonly run: (given: PhpArray, site: Site, caller: number) => unknown;
}

export type FunctionTable = Readonly<Record<string, MoodleFunction>>;

type Handler<P extends Params> = (params: ReadParams<P>, site: Site, caller: number) => unknown;

/** A capability that is checked for each item, and then only warns, is left to the handler. */
const define =
  (writes: boolean) =>
  <P extends Params>(params: P, capability: Capability | undefined, handler: Handler<P>): MoodleFunction => ({
    writes,
    run: (given, site, caller) => {
      const read = readParams(params, given);
      if (capability !== undefined) site.require(capability);
      return handler(read, site, caller);
    },
  });

export const reads = define(false);
/** Item by item: what went well stays. */
export const writes = define(true);
/** All or nothing. */
export const writesAtomically = <P extends Params>(
  params: P,
  capability: Capability,
  handler: Handler<P>,
): MoodleFunction =>
  define(true)(params, capability, (read, site, caller) => atomically(() => handler(read, site, caller)));

export interface Warning {
  readonly item: string;
  readonly itemid: number;
  readonly warningcode: string;
  readonly message: string;
}
