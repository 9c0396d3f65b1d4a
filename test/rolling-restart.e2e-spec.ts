import { once } from 'node:events';
import { connect } from 'node:net';
import { fill, sceneOf, untilDrained } from './faults/college-records';
import { StrictSender } from './faults/strict-sender';
import { Ledger } from './faults/ledger';
import { Load } from './faults/load';
import { type Server, Stage } from './faults/stage';
import { expectNothingLost } from './faults/verdict';
import { Balancer } from './support/balancer';
import { collectingFetch } from './support/canary/collecting-fetch';
import { untilBlocked, whileLocked } from './support/databases';
import { eventually } from './support/eventually';
import { program, student } from './support/push';

/** Processes are started, one after the other, and what they push is waited for. */
jest.setTimeout(600_000);

const SENDERS = 6;
const TIMES_AROUND = 2;
const PROCESSES = [0, 1] as const;
const SOME_REQUESTS = 100;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.start('rolling_restart', 4);
});
afterAll(() => stage.close());

it('two processes behind a balancer are started anew in turn, under load, and no request fails', async () => {
  const college = stage.next();
  const variables = { DRAIN_SECONDS: '1', PUSH_WORKERS: '2', REQUESTS_PER_MINUTE: '0' };
  const servers = await Promise.all(PROCESSES.map(() => stage.serve(variables)));
  const balancer = await Balancer.start(servers.map(({ url }) => url));
  const ledger = new Ledger();
  const senders = Array.from(
    { length: SENDERS },
    (_none, n) => new StrictSender(() => balancer.url, college.tenant, ledger, n % 2 === 0),
  );
  for (const sender of senders.slice(0, 1)) await fill(sender);
  const load = new Load(senders.map((sender, n) => () => sender.change('students', `load${n}`)));
  const someMore = (): Promise<void> => {
    const enough = ledger.acknowledged.length + SOME_REQUESTS;
    return load.reach(() => ledger.acknowledged.length >= enough);
  };
  for (let round = 0; round < TIMES_AROUND; round += 1) {
    for (const n of PROCESSES) {
      await someMore();
      expect(balancer.connectionsTo(n)).toBeGreaterThan(0);
      expect(await servers[n]?.run.end('SIGTERM')).toBe(0);
      servers[n] = await stage.serve(variables);
      await balancer.replace(n, servers[n].url);
    }
  }
  await someMore();
  await load.stop();
  for (const sender of senders) sender.close();
  await balancer.close();
  expect(ledger.again).toEqual({});
  expect(balancer.refused).toBe(0);
  await untilDrained(college);
  await expectNothingLost(sceneOf(college), ledger);
});

describe('a process that is told to end', () => {
  const post = ({ url }: Server, tenant: string, ...data: object[]): Promise<Response> =>
    collectingFetch(`${url}/v1/sync/programs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Tenant-ID': tenant },
      body: JSON.stringify({ data }),
    });

  it('says so where it is asked whether it is ready, takes requests still, and closes their connections', async () => {
    const { tenant } = stage.next();
    const server = await stage.serve({ DRAIN_SECONDS: '600', METRICS_PORT: '0' });
    const watched = await server.run.says(/Metrics on (\S+)\/metrics/);
    const ready = async (url: string): Promise<unknown> => {
      const answer = await collectingFetch(`${url}/v1/health/ready`);
      return [answer.status, await answer.json()];
    };
    const parts = { database: 'ok' };
    for (const url of [server.url, watched]) expect(await ready(url)).toEqual([200, { status: 'ok', parts }]);
    expect((await post(server, tenant, program('p1'))).headers.get('connection')).toBe('keep-alive');
    void server.run.end('SIGTERM');
    await eventually(async () => expect(await ready(server.url)).toEqual([503, { status: 'stopping', parts }]));
    expect(await ready(watched)).toEqual([503, { status: 'stopping', parts }]);
    const answer = await post(server, tenant, program('p2'));
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
  });

  it('ends what it is at, and that connection with it', async () => {
    const { tenant } = stage.next();
    const server = await stage.serve({ METRICS_PORT: '0' });
    const watched = await server.run.says(/Metrics on (\S+)\/metrics/);
    await post(server, tenant, program('p1'));
    const row = `SELECT FROM program WHERE tenant_id = $1 AND zoho_id = 'p1' FOR UPDATE`;
    const { superuserUrl } = stage.database;
    const { asked, ended } = await whileLocked(
      row,
      [tenant],
      async () => {
        const late = post(server, tenant, { ...program('p1'), Product_Name: 'Another' });
        await untilBlocked(1, superuserUrl);
        const gone = server.run.end('SIGTERM');
        await eventually(async () => expect((await collectingFetch(`${watched}/v1/health/ready`)).status).toBe(503));
        return { asked: late, ended: gone };
      },
      superuserUrl,
    );
    const answer = await asked;
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect(await ended).toBe(0);
  });

  it('does not wait for a caller that does not come to an end', async () => {
    const server = await stage.serve({ BODY_TIMEOUT_SECONDS: '600', SHUTDOWN_SECONDS: '1' });
    const { port, hostname } = new URL(server.url);
    const caller = connect(Number(port), hostname);
    const head = ['POST /v1/sync/students HTTP/1.1', 'Host: x', 'Content-Length: 1000', 'Expect: 100-continue'];
    caller.write(`${head.join('\r\n')}\r\n\r\n`);
    await once(caller, 'data');
    caller.write(JSON.stringify(student('s1')));
    caller.on('error', () => undefined);
    expect(await server.run.end('SIGTERM')).toBe(0);
  });
});
