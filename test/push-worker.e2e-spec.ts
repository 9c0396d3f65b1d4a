import { PushWorker } from '../src/push/push-worker';
import { UpkeepService } from '../src/upkeep/upkeep.service';
import { ask, createOwnDatabase, type OwnDatabase } from './support/databases';
import { eventually } from './support/eventually';
import { answersStatus, worksAfter } from './support/moodle/faults';
import { Gate } from './support/moodle/gate';
import { courseClass, enrollment, program, PushService, student } from './support/push';

describe('with workers of its own', () => {
  let push: PushService;
  let database: OwnDatabase;
  beforeAll(async () => {
    // The queue is everybody's, and other tests leave doorbells in it.
    database = await createOwnDatabase('push_worker');
    push = await PushService.start(8, { PUSH_WORKERS: '2', DATABASE_URL: database.url });
  });
  afterAll(async () => {
    await push.close();
    await database.drop();
  });

  it('what is stored arrives in Moodle by itself', async () => {
    const college = push.next();
    await college.sync('students', student('s1'));
    await college.sync('programs', program('p1'));
    await college.sync('classes', courseClass('c1'));
    await college.sync('enrollments', enrollment('e1', 's1', 'c1'));
    await eventually(async () => {
      expect(college.made.groups).toMatchObject([{ members: ['s1'] }]);
      const targets = await college.targets();
      expect(targets.every(({ state }) => state === 'pushed')).toBe(true);
    });
  });

  it('a webhook does not wait for a Moodle that hangs, and other colleges are served', async () => {
    const [slow, quick] = [push.next(), push.next()];
    const gate = new Gate();
    slow.moodle.fail(worksAfter(gate), { times: Infinity });
    await slow.sync('students', student('s1'));
    await slow.moodle.waitForCall('core_user_get_users_by_field');
    await slow.sync('students', student('s2'));
    await quick.sync('students', student('s1'));
    await eventually(async () => {
      expect(quick.made.users).toHaveLength(1);
      expect(await quick.targets('user')).toMatchObject([{ state: 'pushed' }]);
    });
    gate.open();
  });

  it('a worker who finds enough others at a college leaves it to them, and the doorbell is rung once more', async () => {
    const college = push.next();
    const gate = new Gate();
    college.moodle.fail(worksAfter(gate), { times: Infinity });
    await college.sync('students', student('s1'));
    await college.moodle.waitForCall('core_webservice_get_site_info');
    // As the queue makes it do when two ask at the same moment.
    await push.service.app.get(PushWorker).answer(college.tenant, new AbortController().signal);
    expect(college.moodle.calls).toHaveLength(1);
    const rung = `SELECT count(*)::int FROM queue.job_common WHERE group_id = $1 AND state = 'created'`;
    expect(await ask(rung, [college.tenant], database.superuserUrl)).toEqual([{ count: 1 }]);
    gate.open();
    await eventually(() => {
      expect(college.made.users).toHaveLength(1);
      return Promise.resolve();
    });
  });

  it('what failed for a moment is tried again by itself', async () => {
    const college = push.next();
    college.moodle.fail(answersStatus(502));
    await college.sync('students', student('s1'));
    await eventually(() => {
      expect(college.made.users).toHaveLength(1);
      return Promise.resolve();
    });
  });

  it('the upkeep rings for what no doorbell is left for', async () => {
    const college = push.next();
    await college.query('INSERT INTO push_mark (tenant_id, subjects) VALUES ($1, $2)', [
      college.tenant,
      ['student:s1'],
    ]);
    await push.service.app.get(UpkeepService).keepUp(college.tenant);
    await eventually(async () => {
      expect(await college.query('SELECT FROM push_mark WHERE tenant_id = $1', [college.tenant])).toEqual([]);
    });
  });
});

describe('with Moodle switched off', () => {
  it('nothing is called, and everything is kept as wanted; switched on, it is pushed', async () => {
    const off = await PushService.start(1, { MOODLE_ENABLED: 'false' });
    const college = off.next();
    await college.sync('students', student('s1'));
    await college.push();
    expect(await college.targets()).toMatchObject([{ kind: 'user', subject: 'student:s1', state: 'wanted' }]);
    expect(college.moodle.calls).toEqual([]);
    await off.close();
  });
});
