import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InvalidEnvironment, readEnvironment } from './environment';
import { SAMPLE_SECRET_KEYS } from './secret-keys';

const mistakesOf = (variables: Record<string, string>): readonly string[] => {
  try {
    readEnvironment(variables);
    return [];
  } catch (error) {
    if (error instanceof InvalidEnvironment) return error.mistakes;
    throw error;
  }
};

it('has a default for everything but the database', () => {
  expect(readEnvironment({})).toMatchObject({
    PORT: 8000,
    ENV: 'development',
    LOG_LEVEL: 'INFO',
    DEFAULT_TENANT_ID: 'default',
    MAX_BODY_BYTES: 10_485_760,
  });
  expect(readEnvironment({}).DATABASE_URL).toBeUndefined();
});

it('takes an empty variable for an absent one', () => {
  expect(readEnvironment({ PORT: '', DATABASE_URL: '', ENV: '' })).toEqual(readEnvironment({}));
});

it('reads numbers, yes and no, and a level in any case', () => {
  const environment = readEnvironment({ PORT: '9000', ALLOW_EMBEDDED_DATABASE: 'TRUE', LOG_LEVEL: 'warning' });
  expect(environment).toMatchObject({ PORT: 9000, ALLOW_EMBEDDED_DATABASE: true, LOG_LEVEL: 'WARNING' });
});

it('names every mistake at once, and no value that may be a secret', () => {
  const mistakes = mistakesOf({
    PORT: '80a',
    ENV: 'prod',
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://user:hunter2@host/db',
    MAX_BATCH_RECORDS: '0',
    DEFAULT_TENANT_ID: 'a b',
  });
  for (const name of ['PORT', 'ENV', 'LOG_LEVEL', 'DATABASE_URL', 'MAX_BATCH_RECORDS', 'DEFAULT_TENANT_ID']) {
    expect(mistakes.filter((mistake) => mistake.startsWith(name)).length).toBeGreaterThan(0);
  }
  expect(mistakes.join()).not.toContain('hunter2');
});

const KEY = randomBytes(32).toString('base64');
const PRODUCTION = { ENV: 'production', DATABASE_URL: 'postgres://u@h/d', SECRET_KEYS: `a:${KEY}` };

it('refuses the embedded database in production, unless told', () => {
  const { DATABASE_URL, ...without } = PRODUCTION;
  expect(mistakesOf(without)).toEqual([expect.stringContaining('DATABASE_URL')]);
  expect(mistakesOf({ ...without, ALLOW_EMBEDDED_DATABASE: 'true' })).toEqual([]);
  expect(mistakesOf({ ...without, DATABASE_URL })).toEqual([]);
});

it('refuses in production what everybody knows, all at once; elsewhere it may be tried', () => {
  const known = {
    DATABASE_URL: 'postgres://user:password@host:5432/database',
    MIGRATION_DATABASE_URL: 'postgresql://owner:password@host/database',
    REDIS_URL: 'redis://:password@host:6379/0',
    SECRET_KEYS: `a:${KEY},b:${SAMPLE_SECRET_KEYS.split(':')[1]}`,
  };
  expect(mistakesOf({ ...known, ENV: 'production' })).toEqual([
    expect.stringMatching(/^DATABASE_URL .* sample/),
    expect.stringMatching(/^MIGRATION_DATABASE_URL .* sample/),
    expect.stringMatching(/^REDIS_URL .* sample/),
    expect.stringMatching(/^SECRET_KEYS .* sample/),
  ]);
  expect(mistakesOf({ ...PRODUCTION, SECRET_KEYS: '' })).toEqual([expect.stringMatching(/^SECRET_KEYS must be set/)]);
  expect(mistakesOf({ ...PRODUCTION, AUTHENTICATION: 'none' })).toEqual([expect.stringMatching(/^AUTHENTICATION /)]);
  expect(mistakesOf({ ...known, AUTHENTICATION: 'none' })).toEqual([]);
  expect(mistakesOf(known)).toEqual([]);
  expect(readFileSync('.env.example', 'utf8')).toContain(`, ${SAMPLE_SECRET_KEYS},`);
});

it.each([
  ['no id', KEY],
  ['an id with other characters', `a_b:${KEY}`],
  ['an id that is too long', `${'a'.repeat(33)}:${KEY}`],
  ['a key that is too short', `a:${KEY.slice(4)}`],
  ['a key that is too long', `a:AAAA${KEY}`],
  ['something else than base64', `a:${'!'.repeat(43)}=`],
  ['a comma at the end', `a:${KEY},`],
  ['two keys of one id', `a:${KEY},a:${randomBytes(32).toString('base64')}`],
])('refuses SECRET_KEYS with %s, and tells nothing of them', (_what, keys) => {
  const [mistake, ...more] = mistakesOf({ SECRET_KEYS: keys });
  expect(mistake).toMatch(/^SECRET_KEYS: /);
  expect(more).toEqual([]);
  expect(mistake).not.toContain(KEY.slice(8, 24));
  expect(mistake).not.toContain('a_b');
});

it.each([
  '10.0.0.0/33',
  '::1/129',
  '10.0.0',
  'moodle.example',
  '10.0.0.1,',
  '10.0.0.1/-1',
  'fe80::1%eth0',
  '10.0.0.1/8/8',
])('refuses OUTGOING_ALLOWED_ADDRESSES with %s', (entry) => {
  const OUTGOING_ALLOWED_ADDRESSES = `127.0.0.0/8, ::1,${entry}`;
  expect(mistakesOf({ OUTGOING_ALLOWED_ADDRESSES })).toEqual([
    expect.stringMatching(/^OUTGOING_ALLOWED_ADDRESSES: entry \d must be an IP address/),
  ]);
});

it('wants address and token of a site together, and tells no token', () => {
  expect(mistakesOf({ MOODLE_BASE_URL: 'https://m.example' })).toEqual([expect.stringContaining('MOODLE_TOKEN')]);
  const site = { MOODLE_ENABLED: 'true', MOODLE_BASE_URL: 'https://m.example', MOODLE_TOKEN: 'f'.repeat(32) };
  expect(mistakesOf(site)).toEqual([]);
  // Tenants may have sites of their own, which the environment knows nothing of.
  expect(mistakesOf({ MOODLE_ENABLED: 'true' })).toEqual([]);
  expect(mistakesOf({ ...site, MOODLE_TOKEN: 'hunter2 hunter2' }).join()).not.toContain('hunter2');
});

it('is listed whole in .env.example, with the defaults', () => {
  const listed = Object.fromEntries(
    readFileSync('.env.example', 'utf8')
      .split('\n')
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => line.split('=', 2)),
  ) as Record<string, string>;
  const known = [
    ...Object.keys(readEnvironment({})),
    'DATABASE_URL',
    'MIGRATION_DATABASE_URL',
    'REDIS_URL',
    'SECRET_KEYS',
    'DEFAULT_PROFILE_FILE',
    'MOODLE_BASE_URL',
    'MOODLE_TOKEN',
    'MOODLE_SITES_FILE',
  ];
  expect(Object.keys(listed).toSorted()).toEqual([...new Set(known)].toSorted());
  expect(readEnvironment(listed)).toEqual(readEnvironment({}));
});
