import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SchedulerRegistry } from '@nestjs/schedule';
import { withQuietApp } from '../src/commands/quiet-app';
import { readEnvironment } from '../src/config/environment';
import { TenantTransaction } from '../src/database/tenant-transaction';
import { SecretRepository } from '../src/secrets/secret.repository';
import { TestService } from './support/app';
import { ask, createOwnDatabase, type OwnDatabase } from './support/databases';
import { Moodle } from './support/moodle/moodle';
import { Run } from './support/run';
import { newSecretKey } from './support/secret-keys';

const [OLD, NEW, OTHER] = [newSecretKey('old'), newSecretKey('new'), newSecretKey('other')];
const TENANTS = ['college', 'school'];

let folder: string;
let database: OwnDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commands-'));
  await chmod(folder, 0o755);
  database = await createOwnDatabase('commands');
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** What a command said, and its exit code. */
const run = async (args: string[], variables: Record<string, string> = {}) => {
  const command = new Run(folder, { DATABASE_URL: database.url, ...variables }, args);
  return { code: await command.end(), output: command.output };
};

it('a name that is none is told, with those that there are, before anything is started', async () => {
  const { code, output } = await run(['rotate'], { DATABASE_URL: '', PORT: 'x' });
  expect([code, output]).toEqual([
    1,
    'There is no command rotate. There are: serve, worker, doctor, keys, secrets, import, verify\n',
  ]);
});

it('a command does no upkeep beside its work: what it looks at may be a backup', async () => {
  const environment = readEnvironment({ DATABASE_URL: database.url });
  const input = { environment, databaseUrl: database.url, args: [], print: () => undefined };
  const stopping = new AbortController().signal;
  const left = await withQuietApp({ ...input, stopping }, (app) =>
    Promise.resolve(app.get(SchedulerRegistry).getIntervals()),
  );
  expect(left).toEqual([]);
});

it('worker works until it is told to stop', async () => {
  const worker = new Run(folder, { DATABASE_URL: database.url }, ['worker']);
  expect(await worker.says(/works, (\d+) tenants at a time/)).toBe('4');
  expect(worker.output).not.toContain('Ready');
  expect(await worker.end('SIGTERM')).toBe(0);
});

describe('doctor', () => {
  let moodle: Moodle;
  beforeAll(async () => {
    moodle = await Moodle.start();
    const sites = { default: { baseUrl: moodle.url, token: moodle.token } };
    await writeFile(join(folder, 'sites.json'), JSON.stringify(sites));
  });
  afterAll(() => moodle.stop());

  const doctor = (variables: Record<string, string>, ...args: string[]) =>
    run(['doctor', ...args], { MOODLE_ENABLED: 'true', MOODLE_SITES_FILE: 'sites.json', ...variables });

  it('tells which Moodle it has reached, and that it can be pushed to', async () => {
    const { code, output } = await doctor({});
    expect(output).toMatch(/^Moodle 5.1 test, .*, Moodle 5\.1.*; layout program-course\nMoodle can be pushed to\.$/m);
    expect(code).toBe(0);
  });

  it('tells what keeps a tenant’s Moodle from being pushed to', async () => {
    const { code, output } = await doctor({}, 'college');
    expect([code, output]).toEqual([1, expect.stringContaining('error no_site: ')]);
  });

  it('tells an address that is not called, and how to allow it', async () => {
    const { host } = new URL(moodle.url);
    const refused = await doctor({ OUTGOING_ALLOWED_ADDRESSES: '' });
    expect(refused.output).toContain(`error address_refused: ${host} is not called: it is, or resolves to, an address`);
    expect(refused.output).toContain('OUTGOING_ALLOWED_ADDRESSES');
    const plain = await doctor({ ENV: 'production', SECRET_KEYS: NEW });
    expect(plain.output).toContain(`error not_https: ${host} is not called: ENV=production calls https://`);
    expect([refused.code, plain.code]).toEqual([1, 1]);
    expect(moodle.calls.length).toBeGreaterThan(0);
  });
});

describe('secrets', () => {
  beforeAll(async () => {
    const service = await TestService.start({ DATABASE_URL: database.url, SECRET_KEYS: OLD });
    for (const tenant of TENANTS) {
      await service.sync('programs', { data: [{ id: 'p1', Name: 'HND' }] }, { tenant });
      await service.app
        .get(TenantTransaction)
        .run(tenant, (db) =>
          service.app.get(SecretRepository).put(db, tenant, 'webhook.secret', 1, `canary ${tenant}`),
        );
    }
    await service.close();
  });

  it('rotate seals the secrets of all tenants anew, and tells how many; afterwards the old key is not needed', async () => {
    const first = await run(['secrets', 'rotate'], { SECRET_KEYS: `${NEW},${OLD}` });
    expect(first.output).toContain('2 secrets were sealed anew by the first key, 0 were before, 0 cannot be read.');
    expect(first.code).toBe(0);
    const second = await run(['secrets', 'rotate'], { SECRET_KEYS: NEW });
    expect(second.output).toContain('0 secrets were sealed anew by the first key, 2 were before, 0 cannot be read.');
    expect(second.code).toBe(0);
    expect(first.output + second.output).not.toContain('canary');
    const service = await TestService.start({ DATABASE_URL: database.url, SECRET_KEYS: NEW });
    const [college] = await service.app
      .get(TenantTransaction)
      .run('college', (db) => service.app.get(SecretRepository).readAll(db, 'college', 'webhook.secret'));
    await service.close();
    expect(college?.plain).toBe('canary college');
  });

  it('rotate ends with exit code 1 when a key is missing, and changes nothing', async () => {
    const sealed = () => ask('SELECT * FROM tenant_secret ORDER BY tenant_id', [], database.superuserUrl);
    const before = await sealed();
    const { code, output } = await run(['secrets', 'rotate'], { SECRET_KEYS: OTHER });
    expect(output).toContain('0 secrets were sealed anew by the first key, 0 were before, 2 cannot be read.');
    expect(output).toContain('Keep the other keys');
    expect(code).toBe(1);
    expect(await sealed()).toEqual(before);
  });

  it.each([[['secrets']], [['secrets', 'delete']], [['secrets', 'rotate', 'college']]])(
    '%j tells its usage',
    async (args) => {
      expect(await run(args)).toEqual({
        code: 1,
        output: expect.stringContaining('npm run secrets -- rotate') as string,
      });
    },
  );

  it('rotate says so when there are none, lest keys be taken out that another database needs; and stops the embedded one', async () => {
    const { code, output } = await run(['secrets', 'rotate'], { DATABASE_URL: '' });
    const directory = /its data is in (.*?)\. Set/.exec(output)?.[1] ?? '';
    expect(output).toContain('There are none');
    expect(output).not.toContain('can be taken out');
    expect([code, existsSync(join(directory, 'data')), existsSync(join(directory, 'data', 'postmaster.pid'))]).toEqual([
      1,
      true,
      false,
    ]);
    await rm(directory, { recursive: true, force: true });
  });
});

describe('keys', () => {
  const keys = (...args: string[]) => run(['keys', ...args]);
  const KEY = /^mzi_([0-9a-f]{12})_[0-9a-f]{56}$/m;
  const made = async (...args: string[]): Promise<{ id: string; key: string }> => {
    const { code, output } = await keys(...args);
    expect([code, KEY.test(output)]).toEqual([0, true]);
    const [key = '', id = ''] = KEY.exec(output) ?? [];
    return { id, key };
  };

  it('makes the first key, which lets in, and is told in the list without its secret', async () => {
    const first = await made('create');
    const service = await TestService.start({ DATABASE_URL: database.url, AUTHENTICATION: 'key-or-signature' });
    const enter = (key: string) => service.send('GET', '/v1/admin/keys', { headers: { 'X-API-Key': key } });
    expect((await enter(first.key)).status).toBe(200);
    const list = await keys('list');
    expect(list.output).toMatch(
      new RegExp(
        `^${first.id} \\| admin \\| all tenants \\| sync,read,admin \\| live \\| never expires \\| last used `,
        'm',
      ),
    );
    expect(list.output).not.toContain(first.key.slice(20));
    const next = await made('rotate', first.id, '--grace-hours', '0');
    expect((await keys('revoke', next.id)).output).toContain('| revoked |');
    expect((await enter(next.key)).status).toBe(401);
    await service.close();
  });

  it('makes a key of one tenant, with less than all scopes, that ends by itself', async () => {
    const options = ['--name', 'zoho', '--scopes', 'sync', '--tenant', 'college', '--expires-in-days', '30'];
    const { output } = await keys('create', ...options);
    expect(output).toMatch(/^\w+ \| zoho \| tenant college \| sync \| live \| expires \d{4}-.* \| never used$/m);
  });

  it.each([
    [['create', '--scopes', 'root'], /scopes\.0: /],
    [['create', '--expires-in-days', 'x'], /expires_in_days: /],
    [['revoke', '000000000000'], /no live key/],
    [['revoke'], /^Usage: /],
    [['list', 'all'], /^Usage: /],
    [['make'], /^Usage: /],
    [['create', '--nme', 'x'], /--nme[^]*\nUsage: /],
  ])('tells what is wrong with %j, with exit code 1', async (args, message) => {
    const { code, output } = await keys(...args);
    expect(output).toMatch(message);
    expect(code).toBe(1);
  });
});
