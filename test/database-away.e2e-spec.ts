import { newTenant, statusesOf, TestService } from './support/app';
import { ask, workerDatabaseUrl } from './support/databases';
import { eventually } from './support/eventually';
import { Line } from './support/line';

/** A database that is silent is waited for in every step of a request. */
jest.setTimeout(180_000);

let line: Line;
let service: TestService;
beforeEach(async () => {
  line = new Line(new URL(workerDatabaseUrl()));
  service = await TestService.start({ DATABASE_URL: await line.open() });
});
afterEach(async () => {
  await service.close();
  await line.close();
});

it('answers 503 while the database is away, acknowledges nothing, and works again by itself', async () => {
  const headers = { 'X-Tenant-ID': newTenant() };
  const post = () => service.send('POST', '/v1/sync/programs', { body: '{"id":"p1","Name":"HND"}', headers });
  line.cut();
  const away = await post();
  expect(away).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
  expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(JSON.stringify(away.body)).not.toMatch(/127\.0\.0\.1|ECONN|terminated/);
  expect(await service.send('GET', '/v1/health/ready')).toMatchObject({
    status: 503,
    body: { status: 'unavailable', parts: { database: 'unavailable' } },
  });
  expect(await service.send('GET', '/v1/health')).toMatchObject({ status: 200 });
  line.mend();
  expect(await post()).toMatchObject({ status: 200, body: { results: [{ status: 'NEW' }] } });
  expect(await service.send('GET', '/v1/health/ready')).toMatchObject({ status: 200 });
});

it('is no reason to wait for ever when it says nothing at all: 503, and it works again by itself', async () => {
  const silent = new Line(new URL(workerDatabaseUrl()));
  const impatient = await TestService.start({ DATABASE_URL: await silent.open(), DATABASE_TIMEOUT_SECONDS: '1' });
  const headers = { 'X-Tenant-ID': newTenant() };
  const post = () => impatient.send('POST', '/v1/sync/programs', { body: '{"id":"p1","Name":"HND"}', headers });
  await impatient.sync('programs', { id: 'p0', Name: 'HND' }, { tenant: headers['X-Tenant-ID'] });
  silent.hold();
  expect(await post()).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
  silent.mend();
  await eventually(async () => expect(await post()).toMatchObject({ status: 200 }));
  await impatient.close();
  await silent.close();
});

const student = { id: 's1', Display_Name: 'Omar', Academic_Email: 'omar@c.example' };

it.each([
  ['the records', 'INSERT INTO student'],
  ['the idempotency key', 'INSERT INTO idempotency_key'],
])(
  'a commit of %s whose acknowledgement was lost is found out, and answered as if nothing had happened',
  async (_what, after) => {
    for (let round = 0; round < 20; round += 1) {
      const tenant = newTenant();
      line.loseAnswerTo('COMMIT', after);
      expect(statusesOf(await service.sync('students', { data: [student] }, { tenant }))).toEqual(['NEW']);
      expect(await ask('SELECT zoho_id FROM student WHERE tenant_id = $1', [tenant])).toEqual([{ zoho_id: 's1' }]);
    }
  },
);

it('a connection lost before the commit is 503, and nothing was written', async () => {
  for (let round = 0; round < 20; round += 1) {
    const tenant = newTenant();
    line.loseAnswerTo('INSERT INTO student');
    const answer = await service.send('POST', '/v1/sync/students', {
      body: JSON.stringify([student]),
      headers: { 'X-Tenant-ID': tenant },
    });
    expect(answer).toMatchObject({ status: 503, body: { code: 'DATABASE_UNAVAILABLE' } });
    expect(await ask('SELECT zoho_id FROM student WHERE tenant_id = $1', [tenant])).toEqual([]);
    expect(statusesOf(await service.sync('students', { data: [student] }, { tenant }))).toEqual(['NEW']);
  }
});
