import { BlockList, isIP } from 'node:net';

const FAMILIES = { 4: { name: 'ipv4', bits: 32 }, 6: { name: 'ipv6', bits: 128 } } as const;

/** IP addresses and ranges of them. An IPv4 address is meant in its IPv6 spelling (`::ffff:10.0.0.5`) too. */
export class AddressList {
  private readonly addresses = new BlockList();

  /**
   * @param text such as `10.1.2.3,192.168.7.0/24,fd00::/8`; empty for none
   * @throws Error whose message says which entry is wrong by its position
   */
  constructor(text = '') {
    for (const [index, entry] of (text === '' ? [] : text.split(',')).entries())
      if (!this.add(entry.trim()))
        throw new Error(`entry ${index + 1} must be an IP address, or a range such as 10.1.0.0/16`);
  }

  /** @param address as the system spells it; a name is never on the list */
  has(address: string): boolean {
    const family = familyOf(address);
    return family !== null && this.addresses.check(address, family.name);
  }

  private add(entry: string): boolean {
    const [, address = '', prefix] = /^([\da-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
    const family = familyOf(address);
    if (!family || Number(prefix ?? 0) > family.bits) return false;
    this.addresses.addSubnet(address, Number(prefix ?? family.bits), family.name);
    return true;
  }
}

function familyOf(address: string): (typeof FAMILIES)[4 | 6] | null {
  const family = isIP(address);
  return family === 4 || family === 6 ? FAMILIES[family] : null;
}
