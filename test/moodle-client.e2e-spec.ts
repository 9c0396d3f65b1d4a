import { Logger, type LoggerService } from '@nestjs/common';
import { encodeParameters } from '../src/moodle/encode-parameters';
import { getSiteInfo } from '../src/moodle/functions/site';
import { createUsers, getUsersByField } from '../src/moodle/functions/users';
import type { MoodleError } from '../src/moodle/moodle-error';
import {
  answersException,
  answersHalf,
  answersHtml,
  answersJson,
  answersStatus,
  type Fault,
  hangs,
  redirects,
  resetsAfterWork,
  tooManyRequests,
} from './support/moodle/faults';
import { failureOf as failure, OwnClient } from './support/moodle/own-client';
import { Moodle } from './support/moodle/moodle';

let moodle: Moodle;
let client: OwnClient;
const lines: string[] = [];
const remember = (...words: unknown[]): void => void lines.push(words.map(String).join(' '));
const logger: LoggerService = { log: remember, error: remember, warn: remember };

beforeAll(() => Logger.overrideLogger(logger));
beforeEach(async () => {
  lines.length = 0;
  moodle = await Moodle.start();
  client = new OwnClient({ MOODLE_TIMEOUT_SECONDS: '1' });
});
afterEach(async () => {
  client.close();
  await moodle.stop();
});

const site = (token = moodle.token) => ({ baseUrl: `${moodle.url}/`, token });
const USER = {
  username: 'canary@c.example',
  auth: 'manual',
  createpassword: true,
  firstname: 'Canary',
  lastname: 'Bird',
  email: 'canary@c.example',
  idnumber: 'canary-1',
};

it('parameters are spelled as PHP reads them', () => {
  const spelled = encodeParameters({ users: [{ id: 4, suspended: true, name: undefined }], courseid: 3, on: false });
  expect(spelled).toEqual([
    ['users[0][id]', '4'],
    ['users[0][suspended]', '1'],
    ['courseid', '3'],
    ['on', '0'],
  ]);
  expect(() => encodeParameters({ users: [] })).toThrow('users is an empty list');
});

it('the token goes first in the body; neither it nor anything personal is in a line of the log', async () => {
  await client.call(site(), createUsers, { users: [USER] }, 1);
  await failure(client.call(site(), createUsers, { users: [USER] }, 1));
  await failure(client.call(site('wrong0123456789abcdef'), getSiteInfo, {}));
  expect(moodle.calls[0]?.names).toEqual(['wstoken', 'wsfunction', 'moodlewsrestformat', 'users']);
  expect(lines).toEqual([
    expect.stringMatching(/^Moodle core_user_create_users: ok, 1 items, \d+ ms/),
    expect.stringMatching(/^Moodle core_user_create_users: invalidparameter, 1 items/),
    expect.stringMatching(/^Moodle core_webservice_get_site_info: invalidtoken/),
  ]);
  expect(lines.join()).not.toMatch(new RegExp(`canary|bird|${moodle.token}|wrong0123`, 'i'));
});

it('an error keeps no word of Moodle’s own, but the capability that is missing', async () => {
  const message = 'Sorry, Canary Bird, you do not have permission (moodle/user:create)';
  moodle.fail(answersException('nopermissions', message));
  const error = await failure(client.call(site(), createUsers, { users: [USER] }));
  expect(error.message).toMatch(/moodle\/user:create$/);
  expect(error.message).not.toContain('Canary');
  moodle.fail(answersJson({ exception: 'Error', message: 'Canary' }));
  expect(await failure(client.call(site(), getSiteInfo, {}))).toMatchObject({ fault: 'record', errorcode: 'unknown' });
});

it.each<[string, Fault, Partial<MoodleError>]>([
  ['no answer in time', hangs(), { fault: 'transient', errorcode: 'timeout', mayHaveHappened: true }],
  ['a cut connection', resetsAfterWork(), { fault: 'transient', errorcode: 'connection', mayHaveHappened: true }],
  ['500', answersStatus(500), { fault: 'transient', errorcode: 'http_500', mayHaveHappened: true }],
  ['503', answersStatus(503), { fault: 'transient', errorcode: 'http_503', mayHaveHappened: false }],
  [
    '429',
    tooManyRequests(7),
    { fault: 'transient', errorcode: 'http_429', mayHaveHappened: false, retryAfterSeconds: 7 },
  ],
  ['403', answersStatus(403), { fault: 'site', errorcode: 'http_403', mayHaveHappened: false }],
  ['404', answersStatus(404), { fault: 'site', errorcode: 'http_404' }],
  ['a redirect', redirects('http://127.0.0.1:1/', 307), { fault: 'site', errorcode: 'redirect' }],
  ['HTML', answersHtml(), { fault: 'transient', errorcode: 'not_json', mayHaveHappened: true }],
  ['half an answer', answersHalf(), { fault: 'transient', errorcode: 'not_json', mayHaveHappened: true }],
  [
    'another shape',
    answersJson([{ id: 'x' }]),
    { fault: 'transient', errorcode: 'unexpected_answer', mayHaveHappened: true },
  ],
  ['maintenance', answersException('sitemaintenance'), { fault: 'transient', mayHaveHappened: false }],
  ['a refusal', answersException('invalidparameter'), { fault: 'record', mayHaveHappened: false }],
])('%s is told apart', async (_name, fault, expected) => {
  moodle.fail(fault);
  expect(await failure(client.call(site(), createUsers, { users: [USER] }))).toMatchObject(expected);
});

it('a read never leaves a doubt, and a server that is not there neither', async () => {
  moodle.fail(answersStatus(500));
  const read = await failure(client.call(site(), getUsersByField, { field: 'id', values: [1] }));
  expect(read).toMatchObject({ errorcode: 'http_500', mayHaveHappened: false });
  await moodle.goDown();
  // A connection that was kept open would break rather than be refused.
  const other = new OwnClient();
  const absent = await failure(other.call(site(), createUsers, { users: [USER] }));
  other.close();
  expect(absent).toMatchObject({ errorcode: 'connection', mayHaveHappened: false });
  await moodle.comeBack();
});
