import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressList } from '../config/address-list';

/**
 * Tells request-filtering-agent which addresses are allowed all the same. It compares single addresses by their spelling,
 * and warns on the console of each range of the other family; so it is given, right before it checks some addresses,
 * those of them that are on the list, and nothing else.
 */
export class Exemptions {
  /** What the agent reads while it checks, before anything else can run. */
  readonly spellings: string[] = [];

  constructor(private readonly allowed: AddressList) {}

  /** For the check that comes next. @param addresses all that it is about */
  exempt(addresses: readonly string[]): void {
    this.spellings.splice(0, Infinity, ...addresses.filter((address) => this.allowed.has(address)));
  }

  /** As Node resolves a name; the agent checks in the callback. */
  readonly lookup: LookupFunction = (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      if (!error) this.exempt(typeof found === 'string' ? [found] : found.map(({ address }) => address));
      callback(error, found, family);
    });
}
