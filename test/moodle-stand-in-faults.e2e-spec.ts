import { type Answer, ask, type AskOptions } from './support/moodle/ask';
import {
  answersAfter,
  answersException,
  answersHalf,
  answersHtml,
  answersHugeBody,
  answersJson,
  answersStatus,
  hangs,
  redirects,
  resetsAfterWork,
  resetsBeforeWork,
  tooManyRequests,
  worksAfter,
  worksAfterClientLeft,
} from './support/moodle/faults';
import { Gate } from './support/moodle/gate';
import { Moodle } from './support/moodle/moodle';

let moodle: Moodle;
beforeEach(async () => {
  moodle = await Moodle.start();
});
afterEach(() => moodle.stop());

const CREATE = 'core_user_create_users';
const INFO = 'core_webservice_get_site_info';
const create = (username: string, options?: AskOptions): Promise<Answer> => {
  const user = { username, createpassword: true, firstname: 'F', lastname: 'L', email: `${username}@example.com` };
  return ask(moodle, CREATE, { users: [user] }, options);
};
const isThere = (username: string): boolean => moodle.site.users.some((user) => user.username === username);
const info = (options?: AskOptions): Promise<Answer> => ask(moodle, INFO, {}, options);
/** What `fetch` throws when no answer comes. */
const expectCutOff = (call: Promise<unknown>): Promise<void> => expect(call).rejects.toThrow('fetch failed');

describe('an answer that is wrong', () => {
  it.each([500, 501, 502, 503, 504] as const)(
    'has the status %i, as often as told, and nothing is done',
    async (status) => {
      const rule = moodle.fail(answersStatus(status), { times: 2 });
      for (let time = 1; time <= 2; time += 1)
        expect(await create('a')).toMatchObject({ status, contentType: 'text/html; charset=utf-8' });
      expect(isThere('a')).toBe(false);
      expect((await create('a')).json).toHaveLength(1);
      expect(rule.used).toBe(2);
    },
  );

  it('asks for patience', async () => {
    moodle.fail(tooManyRequests(7));
    const response = await fetch(`${moodle.url}/webservice/rest/server.php`, { method: 'POST' });
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('is an exception with status 200', async () => {
    moodle.fail(answersException('dmlreadexception', 'Error reading from database', 'dml_read_exception'));
    expect(await create('a')).toMatchObject({
      status: 200,
      json: { exception: 'dml_read_exception', errorcode: 'dmlreadexception', message: 'Error reading from database' },
    });
    expect(isThere('a')).toBe(false);
  });

  it('is whatever the test says', async () => {
    moodle.fail(answersJson({ a: 1 }));
    expect(await create('a')).toMatchObject({ status: 200, contentType: 'application/json', json: { a: 1 } });
    expect(isThere('a')).toBe(false);
  });

  it('is a page, or half of one in JSON', async () => {
    moodle.fail(answersHtml());
    expect(await info()).toMatchObject({ status: 200, contentType: 'text/html; charset=utf-8' });
    moodle.fail(answersHalf());
    await expect(info()).rejects.toThrow(SyntaxError);
  });

  it('is 50 MB long', async () => {
    moodle.fail(answersHugeBody());
    const response = await fetch(`${moodle.url}/webservice/rest/server.php`, { method: 'POST' });
    expect((await response.arrayBuffer()).byteLength).toBe(50 * 1_048_576 + 4);
  });

  it('is 50 MB long for a client that does not wait for the end', async () => {
    moodle.fail(answersHugeBody());
    const response = await fetch(`${moodle.url}/webservice/rest/server.php`, { method: 'POST' });
    await response.body?.cancel();
    await moodle.idle();
    expect((await info()).status).toBe(200);
  });

  it('sends elsewhere', async () => {
    moodle.fail(redirects('http://169.254.169.254/', 307));
    const response = await fetch(`${moodle.url}/webservice/rest/server.php`, { method: 'POST', redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([307, 'http://169.254.169.254/']);
  });

  it('meets only the calls that it is meant for, until that ends', async () => {
    moodle.fail(answersStatus(500), { of: CREATE, times: Infinity });
    moodle.fail(answersStatus(502), { of: ({ params }) => 'courseid' in params });
    expect((await info()).status).toBe(200);
    for (let time = 1; time <= 3; time += 1) expect((await create('a')).status).toBe(500);
    expect((await ask(moodle, 'core_course_get_contents', { courseid: 1 })).status).toBe(502);
    moodle.failNoMore();
    expect((await create('a')).status).toBe(200);
  });
});

describe('an answer that does not come', () => {
  it('because nothing is done until the test lets go', async () => {
    const gate = new Gate();
    moodle.fail(hangs(gate), { of: CREATE });
    const hanging = create('a');
    await moodle.waitForCall(CREATE);
    expect((await info()).status).toBe(200);
    gate.open();
    await expectCutOff(hanging);
    expect(isThere('a')).toBe(false);
  });

  it('because nothing is done until the client gives up', async () => {
    moodle.fail(hangs());
    await giveUp();
    expect(isThere('a')).toBe(false);
  });

  it('though all was done, because the connection is reset', async () => {
    moodle.fail(resetsAfterWork());
    await expectCutOff(create('a'));
    expect(isThere('a')).toBe(true);
  });

  it('because the connection is reset before anything is done', async () => {
    moodle.fail(resetsBeforeWork());
    await expectCutOff(create('a'));
    expect(isThere('a')).toBe(false);
  });

  it('because the client did not wait, and all is done after it left', async () => {
    moodle.fail(worksAfterClientLeft());
    await giveUp();
    expect(isThere('a')).toBe(true);
  });

  /** At a known point: when the call has come and hangs. */
  async function giveUp(): Promise<void> {
    const patience = new AbortController();
    const hanging = create('a', { signal: patience.signal });
    await moodle.waitForCall(CREATE);
    expect(isThere('a')).toBe(false);
    patience.abort();
    await expect(hanging).rejects.toThrow('aborted');
    await moodle.idle();
  }
});

describe('an answer that waits for the test', () => {
  it('with the work', async () => {
    const gate = new Gate();
    moodle.fail(worksAfter(gate));
    const held = create('a');
    await moodle.waitForCall(CREATE);
    expect((await create('b')).json).toEqual([{ id: 4, username: 'b' }]);
    gate.open();
    expect((await held).json).toEqual([{ id: 5, username: 'a' }]);
  });

  it('without the work', async () => {
    const gate = new Gate();
    moodle.fail(answersAfter(gate));
    const held = create('a');
    await moodle.waitForCall(CREATE);
    expect((await create('b')).json).toEqual([{ id: 5, username: 'b' }]);
    gate.open();
    expect((await held).json).toEqual([{ id: 4, username: 'a' }]);
  });
});

describe('a site', () => {
  it('that is down refuses, and comes back where it was', async () => {
    const { url } = moodle;
    await create('a');
    await moodle.goDown();
    await expectCutOff(create('b'));
    await moodle.comeBack();
    expect(moodle.url).toBe(url);
    expect([isThere('a'), isThere('b')]).toEqual([true, false]);
    expect((await create('b')).status).toBe(200);
  });

  it('that goes down loses the calls that hang', async () => {
    moodle.fail(hangs());
    const hanging = create('a');
    await moodle.waitForCall(CREATE);
    await Promise.all([expectCutOff(hanging), moodle.goDown()]);
    await moodle.idle();
    expect(isThere('a')).toBe(false);
  });

  it('is in maintenance, or without web services', async () => {
    moodle.condition = 'maintenance';
    expect(await info()).toMatchObject({ status: 503, contentType: 'text/html; charset=utf-8' });
    moodle.condition = 'web services off';
    expect(await info()).toMatchObject({ status: 403, contentType: 'text/html; charset=utf-8' });
    moodle.condition = 'maintenance by web';
    expect(await info()).toMatchObject({ status: 200, json: { errorcode: 'sitemaintenance' } });
    moodle.condition = 'well';
    expect(await info()).toMatchObject({ json: { username: 'svc_sis' } });
  });

  it('is upgraded, and reads fewer variables, while it runs', async () => {
    moodle.configure({ version: '2025041400', maxInputVars: 4 });
    expect((await info()).json).toMatchObject({ version: '2025041400' });
    const ids = { field: 'id', values: [2, 3] };
    expect((await ask(moodle, 'core_user_get_users_by_field', ids)).json).toMatchObject([{ id: 2 }]);
  });

  it('knows tokens, each by itself', async () => {
    moodle.grantToken('another');
    moodle.revokeToken();
    expect(await info()).toMatchObject({ status: 200, json: { errorcode: 'invalidtoken' } });
    expect(await info({ token: 'another' })).toMatchObject({ json: { username: 'svc_sis' } });
    moodle.grantToken();
    expect(await info()).toMatchObject({ json: { username: 'svc_sis' } });
  });

  it('takes a function away', async () => {
    const functions = async (): Promise<unknown> => (await info()).json;
    expect(await functions()).toMatchObject({
      functions: expect.arrayContaining([expect.objectContaining({ name: CREATE })]),
    });
    moodle.takeAwayFunction(CREATE);
    expect(await functions()).not.toMatchObject({
      functions: expect.arrayContaining([expect.objectContaining({ name: CREATE })]),
    });
    expect(await create('a')).toMatchObject({ json: { errorcode: 'accessexception' } });
    moodle.giveFunction(CREATE);
    expect((await create('a')).json).toHaveLength(1);
  });

  it('takes a capability away, and says which', async () => {
    moodle.takeAwayCapability('moodle/user:create');
    expect(await create('a')).toMatchObject({
      json: { errorcode: 'nopermissions', message: expect.stringContaining('Create users') },
    });
    expect(isThere('a')).toBe(false);
    moodle.giveCapability('moodle/user:create');
    expect((await create('a')).json).toHaveLength(1);
  });

  it('warns item by item of a capability that courses ask for', async () => {
    moodle.takeAwayCapability('moodle/course:update');
    const answer = await ask(moodle, 'core_course_update_courses', { courses: [{ id: 1, fullname: 'x' }] });
    expect(answer.json).toMatchObject({ warnings: [{ itemid: 1, warningcode: 'nopermissions' }] });
  });
});

describe('the log', () => {
  it('has every call in its order, with what PHP read', async () => {
    await create('a');
    await ask(moodle, 'core_user_get_users_by_field', { field: 'username', values: ['a'] });
    expect(moodle.calls).toMatchObject([
      {
        wsfunction: CREATE,
        variables: 8,
        names: ['wstoken', 'wsfunction', 'moodlewsrestformat', 'users'],
        token: moodle.token,
        params: { users: [{ username: 'a', createpassword: '1' }] },
      },
      { wsfunction: 'core_user_get_users_by_field', variables: 5, params: { field: 'username', values: ['a'] } },
    ]);
  });

  it('tells the calls that change something from those that look', async () => {
    await create('a');
    const before = moodle.calls.length;
    await info();
    expect(moodle.writingCalls(before)).toEqual([]);
    await create('b');
    expect(moodle.writingCalls(before)).toMatchObject([{ wsfunction: CREATE }]);
    expect(moodle.writingCalls()).toHaveLength(2);
  });

  it('waits for a call that comes, and knows one that came', async () => {
    const coming = moodle.waitForCall(({ params }) => 'users' in params);
    await create('a');
    expect(await coming).toBe(moodle.calls[0]);
    expect(await moodle.waitForCall(CREATE)).toBe(moodle.calls[0]);
    const next = moodle.waitForCall(CREATE, moodle.calls.length);
    await create('b');
    expect(await next).toBe(moodle.calls[1]);
  });

  it('has no function that is not one of Moodle', async () => {
    expect((await ask(moodle, 'core_user_nonsense')).json).toMatchObject({ errorcode: 'invalidrecordunknown' });
    expect(moodle.writingCalls()).toEqual([]);
  });
});
