import dns from 'node:dns';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, createServer, type LookupFunction, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { AddressList } from '../src/config/address-list';
import { getSiteInfo } from '../src/moodle/functions/site';
import { filteringAgents, isRefusal } from '../src/outgoing/filtering-agents';
import { redirects } from './support/moodle/faults';
import { Moodle } from './support/moodle/moodle';
import { failureOf, OwnClient } from './support/moodle/own-client';
import { newSecretKey } from './support/secret-keys';

/** Takes connections on one address, and counts them. */
class Counter {
  connections = 0;
  private readonly server: Server;
  private readonly open = new Set<Socket>();

  /** @param isSilent keeps connections without a word; else they are cut */
  constructor(
    private readonly address: string,
    isSilent = false,
  ) {
    this.server = createServer((socket) => {
      this.connections += 1;
      socket.on('error', () => undefined);
      if (isSilent) this.open.add(socket);
      else socket.destroy();
    });
  }

  async start(): Promise<this> {
    this.server.listen(0, this.address);
    await once(this.server, 'listening');
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

let v4: Counter;
let v6: Counter;
let silent: Counter;
const clients: OwnClient[] = [];
const clientWith = (variables: Record<string, string>): OwnClient => {
  const client = new OwnClient(variables);
  clients.push(client);
  return client;
};
const failureAt = (client: OwnClient, baseUrl: string) =>
  failureOf(client.call({ baseUrl, token: 'x' }, getSiteInfo, {}));

beforeAll(() => Logger.overrideLogger(false));
beforeEach(async () => {
  [v4, v6] = [await new Counter('127.0.0.1').start(), await new Counter('::1').start()];
  silent = await new Counter('127.0.0.1', true).start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const client of clients.splice(0)) client.close();
  await v4.stop();
  await v6.stop();
  await silent.stop();
});

const V4_SPELLINGS = [
  '127.0.0.1',
  '2130706433',
  '0x7f.1',
  '0x7F000001',
  '017700000001',
  '0177.0.0.1',
  '127.1',
  '127.0.1',
  '127.0.0.1.',
  '１２７.0.0.1',
  '%31%32%37.0.0.1',
  'user:pass@127.0.0.1',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:7f00:0001]',
  'localhost',
  'LocalHost',
];
const V6_SPELLINGS = ['[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::0.0.0.1]', 'localhost'];

describe.each(['http', 'https'])('an address of this machine, by %s', (scheme) => {
  it.each(V4_SPELLINGS)('is refused as %s before it is connected to, and called when it is allowed', async (host) => {
    const refused = await failureAt(clientWith({ OUTGOING_ALLOWED_ADDRESSES: '' }), `${scheme}://${host}:${v4.port}`);
    expect(refused).toMatchObject({ fault: 'site', errorcode: 'address_refused', mayHaveHappened: false });
    expect(refused.message).toContain('OUTGOING_ALLOWED_ADDRESSES');
    expect(refused.message).not.toContain('pass');
    expect(v4.connections).toBe(0);
    const allowed = await failureAt(clientWith({}), `${scheme}://${host}:${v4.port}`);
    expect([allowed.errorcode, v4.connections]).toEqual(['connection', 1]);
  });

  it.each(V6_SPELLINGS)('is refused as %s before it is connected to', async (host) => {
    const refused = await failureAt(clientWith({ OUTGOING_ALLOWED_ADDRESSES: '' }), `${scheme}://${host}:${v6.port}`);
    expect([refused.errorcode, v6.connections]).toEqual(['address_refused', 0]);
  });

  it('is called as [::1] when it is allowed in another spelling', async () => {
    const allowed = clientWith({ OUTGOING_ALLOWED_ADDRESSES: '0:0:0:0:0:0:0:1' });
    expect((await failureAt(allowed, `${scheme}://[::1]:${v6.port}`)).errorcode).toBe('connection');
    expect(v6.connections).toBe(1);
  });

  it('is refused when only others are allowed', async () => {
    const others = clientWith({ OUTGOING_ALLOWED_ADDRESSES: '127.0.0.2,127.0.1.0/24,10.0.0.0/8,fd00::/8' });
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])
      expect((await failureAt(others, `${scheme}://${host}:${v4.port}`)).errorcode).toBe('address_refused');
    expect(v4.connections).toBe(0);
  });
});

it('a name that is no address of its own spelling is looked up, and refused too', async () => {
  const { httpAgent } = filteringAgents(new AddressList());
  for (const host of ['2130706433', '0x7f.1', '017700000001', '127.1', 'localhost']) {
    const request = http.get({ host, port: v4.port, agent: httpAgent });
    const [error] = (await once(request, 'error')) as [Error];
    expect(error.message).toContain('is not allowed');
  }
  expect(v4.connections).toBe(0);
});

it('a redirect is not followed, not even to where it would be allowed', async () => {
  const moodle = await Moodle.start();
  for (const status of [302, 307, 308]) {
    moodle.fail(redirects(`http://127.0.0.1:${v4.port}/`, status));
    expect((await failureAt(clientWith({}), moodle.url)).errorcode).toBe('redirect');
  }
  expect(v4.connections).toBe(0);
  await moodle.stop();
});

it('production calls nothing by http; other environments do', async () => {
  const production = { ENV: 'production', DATABASE_URL: 'postgres://u@h/d', SECRET_KEYS: newSecretKey('a') };
  const refused = await failureAt(clientWith(production), `http://127.0.0.1:${v4.port}`);
  expect(refused).toMatchObject({ fault: 'site', errorcode: 'not_https', mayHaveHappened: false });
  expect(v4.connections).toBe(0);
  expect((await failureAt(clientWith(production), `https://127.0.0.1:${v4.port}`)).errorcode).toBe('connection');
  expect((await failureAt(clientWith({ ENV: 'test' }), `http://127.0.0.1:${v4.port}`)).errorcode).toBe('connection');
  expect(v4.connections).toBe(2);
});

it('the time limit covers connecting: a server that never shakes hands is given up', async () => {
  const client = clientWith({ MOODLE_TIMEOUT_SECONDS: '1' });
  expect((await failureAt(client, `https://127.0.0.1:${silent.port}`)).errorcode).toBe('timeout');
  expect(silent.connections).toBe(1);
});

const NOT_PUBLIC = `
  10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 0.1.2.3 224.0.0.1 255.255.255.255 198.18.0.1
  :: ::1 fe80::1 fe80::1%lo fc00::1 fd12::1 fec0::1 ff02::1 ::ffff:10.0.0.1 64:ff9b::10.0.0.1 2002:a00:1:: 2001:db8::1`
  .trim()
  .split(/\s+/);

describe('without connecting to anything', () => {
  interface Attempt {
    readonly host?: string;
    readonly lookup: LookupFunction;
  }
  let attempts: Attempt[];
  beforeEach(() => {
    attempts = [];
    // Node's own: whatever the agents decide, nothing is connected to.
    for (const prototype of [http.Agent.prototype, https.Agent.prototype])
      jest.spyOn(prototype, 'createConnection').mockImplementation((options) => {
        attempts.push(options as Attempt);
        return undefined;
      });
  });

  /** What a connection to the host comes to: null, if it would be made. */
  const connect = (agent: http.Agent | https.Agent, host: string): Error | null => {
    let refusal: Error | null = null;
    const listener = (error: Error | null): void => void (refusal = error);
    // Node gives the agent its own options along with each request's.
    const { options } = agent as unknown as { options: object };
    agent.createConnection({ ...options, host, port: 443 }, listener);
    return refusal;
  };

  /** The same for a name that resolves to these, as Node asks for one address or for all. */
  const connectToName = (agent: http.Agent | https.Agent, addresses: readonly string[], all: boolean): Error | null => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((_name: string, _options: object, callback: (...found: unknown[]) => void) =>
        all ? callback(null, found) : callback(null, found[0]?.address, found[0]?.family)) as never);
    expect(connect(agent, 'moodle.example')).toBeNull();
    let refusal: Error | null = null;
    attempts.at(-1)?.lookup('moodle.example', { all }, (error) => (refusal = error));
    return refusal;
  };
  const agentsFor = (list: string): (http.Agent | https.Agent)[] =>
    Object.values(filteringAgents(new AddressList(list)));

  it.each(NOT_PUBLIC)('%s is refused, given as it is and as one of those that a name resolves to', (address) => {
    for (const agent of agentsFor('10.9.0.0/16,fd99::/16')) {
      expect(isRefusal(connect(agent, address) ?? new Error())).toBe(true);
      expect(attempts).toEqual([]);
      expect(isRefusal(connectToName(agent, [address], false) ?? new Error())).toBe(true);
      expect(isRefusal(connectToName(agent, ['93.184.215.14', address], true) ?? new Error())).toBe(true);
      attempts.length = 0;
    }
  });

  it.each(['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c', '10.9.8.7', '::ffff:10.9.8.7', 'fd99::1'])(
    '%s, which is public or allowed, is called without a word on the console',
    (address) => {
      const warn = jest.spyOn(console, 'warn');
      for (const agent of agentsFor('10.9.0.0/16,fd99::/16')) {
        expect(connect(agent, address)).toBeNull();
        expect(attempts.at(-1)?.host).toBe(address);
        for (const all of [true, false]) expect(connectToName(agent, [address], all)).toBeNull();
        expect(connectToName(agent, [address, '93.184.215.14'], true)).toBeNull();
      }
      expect(warn).not.toHaveBeenCalled();
    },
  );

  it('what was allowed for one connection is not for the next', () => {
    for (const agent of agentsFor('10.9.0.0/16')) {
      expect(connect(agent, '10.9.8.7')).toBeNull();
      expect(connect(agent, '10.8.8.7')).not.toBeNull();
      expect(connectToName(agent, ['10.9.8.7'], true)).toBeNull();
      expect(connectToName(agent, ['10.8.8.7', '10.9.8.7'], true)).not.toBeNull();
    }
  });
});
