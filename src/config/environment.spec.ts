import { readFileSync } from 'node:fs';
import { InvalidEnvironment, readEnvironment } from './environment';

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

it('refuses the embedded database in production, unless told', () => {
  expect(mistakesOf({ ENV: 'production' })).toEqual([expect.stringContaining('DATABASE_URL')]);
  expect(mistakesOf({ ENV: 'production', ALLOW_EMBEDDED_DATABASE: 'true' })).toEqual([]);
  expect(mistakesOf({ ENV: 'production', DATABASE_URL: 'postgres://u@h/d' })).toEqual([]);
});

it('wants a site when Moodle is switched on, and tells no token', () => {
  expect(mistakesOf({ MOODLE_ENABLED: 'true' })).toEqual([expect.stringContaining('MOODLE_BASE_URL')]);
  expect(mistakesOf({ MOODLE_BASE_URL: 'https://m.example' })).toEqual([expect.stringContaining('MOODLE_TOKEN')]);
  const site = { MOODLE_ENABLED: 'true', MOODLE_BASE_URL: 'https://m.example', MOODLE_TOKEN: 'f'.repeat(32) };
  expect(mistakesOf(site)).toEqual([]);
  expect(mistakesOf({ MOODLE_ENABLED: 'true', MOODLE_SITES_FILE: 'sites.json' })).toEqual([]);
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
    'DEFAULT_PROFILE_FILE',
    'MOODLE_BASE_URL',
    'MOODLE_TOKEN',
    'MOODLE_SITES_FILE',
  ];
  expect(Object.keys(listed).toSorted()).toEqual([...new Set(known)].toSorted());
  expect(readEnvironment(listed)).toEqual(readEnvironment({}));
});
