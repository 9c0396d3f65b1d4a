import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { findCommand } from '../src/commands/commands';
import { readEnvironment } from '../src/config/environment';
import { migrate } from '../src/database/migrate';
import { APPLICATION_ROLE } from '../src/database/tenant-table';
import { ask, urlOfDatabase } from './support/databases';
import { of, readStages } from './support/dockerfile';
import { knownVariables } from './support/known-variables';
import { newSecretKey } from './support/secret-keys';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly restart?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly privileged?: boolean;
  readonly env_file?: readonly { readonly path: string; readonly required: boolean }[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

let text: string;
let compose: Compose;
beforeAll(async () => {
  text = await readFile('compose.yaml', 'utf8');
  // Docker Compose takes what `<<` says, and no key twice.
  compose = parse(text, { merge: true, uniqueKeys: true, strict: true }) as Compose;
});

const entries = (): [string, Service][] => Object.entries(compose.services);
const service = (name: string): Service => compose.services[name] as Service;
const ours = (): [string, Service][] => entries().filter(([, { build }]) => build !== undefined);

const FILLED: Readonly<Record<string, string>> = {
  DATABASE_PASSWORD: 'd4t4b4se',
  POSTGRES_PASSWORD: 'p0stgres',
  REDIS_PASSWORD: 'r3dis',
  SECRET_KEYS: newSecretKey('a'),
};

/** What Docker Compose makes of a value. */
const fill = (value: string): string =>
  value.replaceAll(/\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}/g, (whole, name: string | undefined, kind, rest: string) => {
    if (whole === '$$') return '$';
    const known = FILLED[name ?? ''];
    if (known === undefined && kind !== '-') throw new Error(`${name} is neither known nor has a default`);
    return known ?? rest;
  });

it('is the service, a worker, PostgreSQL and Redis', () => {
  expect(Object.keys(compose.services)).toEqual(['service', 'worker', 'postgres', 'redis']);
  expect(ours().map(([name]) => name)).toEqual(['service', 'worker']);
  expect(service('worker').command).toEqual(['worker']);
  for (const [, { command = ['serve'] }] of ours()) expect(findCommand(command[0])).toBeDefined();
});

it('every part is of one exact version, starts again by itself, has no more rights than it needs, and is looked after', async () => {
  const image = (await readStages()).at(-1);
  for (const [name, one] of entries()) {
    expect([name, one.restart, one.privileged ?? false]).toEqual([name, 'unless-stopped', false]);
    if (one.build === undefined)
      expect([name, one.image]).toEqual([name, expect.stringMatching(/:\d+\.\d+(\.\d+)?-alpine$/)]);
    const own = one.build === undefined ? one.healthcheck : image && of(image, 'HEALTHCHECK')[0];
    expect([name, own]).toEqual([name, expect.anything()]);
  }
  for (const [name, one] of ours())
    expect(one).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: [`no-new-privileges:true`],
      build: '.',
      image: service(name).image,
    });
});

it('what depends on something waits until that is healthy', () => {
  for (const [name, { depends_on: on = {} }] of entries()) {
    for (const [other, { condition }] of Object.entries(on))
      expect([name, other in compose.services, condition]).toEqual([name, true, 'service_healthy']);
  }
  for (const [, one] of ours()) expect(Object.keys(one.depends_on ?? {})).toEqual(['postgres', 'redis']);
});

it('what is mounted is there: declared, or a file of this repository that can be run', async () => {
  const named: string[] = [];
  for (const mount of entries().flatMap(([, { volumes = [] }]) => volumes)) {
    const [source = ''] = mount.split(':');
    if (!source.startsWith('.')) named.push(source);
    else expect([source, existsSync(source), ((await stat(source)).mode & 0o111) !== 0]).toEqual([source, true, true]);
  }
  expect(named).toEqual(Object.keys(compose.volumes));
});

it('holds no secret: each is asked for, and nothing starts without it', () => {
  const asked = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
  expect(asked).toEqual(new Set(Object.keys(FILLED)));
  for (const [name, value] of entries().flatMap(([, { environment = {} }]) => Object.entries(environment))) {
    if (/PASSWORD|SECRET|TOKEN/.test(name))
      expect([name, value]).toEqual([name, expect.stringMatching(/^\$\{\w+:\?[^}]+\}$/)]);
    expect([name, /:\/\/[^:/@]*:(?!\$\{)[^@]*@/.test(value)]).toEqual([name, false]);
  }
  expect(text).not.toMatch(/mzi_|whsec_/);
});

it('sets variables that the service knows, and that it takes in production', async () => {
  const [image] = (await readStages()).slice(-1);
  const fixed = image
    ? of(image, 'ENV').flatMap(({ words }) => words.map((word) => word.split('=') as [string, string]))
    : [];
  for (const [name, { environment = {} }] of ours()) {
    expect([name, Object.keys(environment).filter((key) => !knownVariables().has(key))]).toEqual([name, []]);
    const filled = Object.entries(environment).map(([key, value]) => [key, fill(value)] as const);
    // Somebody has copied all of .env.example into service.env.
    const copied = [...(await exampleVariables())];
    const read = readEnvironment(Object.fromEntries([...fixed, ...copied, ...filled]));
    expect([read.PORT, read.METRICS_PORT, read.METRICS_HOST]).toEqual([8_000, 9_464, '0.0.0.0']);
    expect(read).toMatchObject({ ENV: 'production', AUTHENTICATION: 'key-or-signature' });
    expect(new URL(read.DATABASE_URL ?? '').hostname in compose.services).toBe(true);
    expect(new URL(read.REDIS_URL ?? '').hostname in compose.services).toBe(true);
  }
  expect(service('service').environment?.['PUSH_WORKERS']).toBe('0');
});

async function exampleVariables(): Promise<[string, string][]> {
  const example = await readFile('.env.example', 'utf8');
  return [...example.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]);
}

it('only the service can be reached from outside, and by this machine alone', () => {
  const published = entries().flatMap(([name, { ports = [] }]) => ports.map((port) => [name, fill(port)]));
  expect(published).toEqual([['service', '127.0.0.1:8000:8000']]);
});

it('what PostgreSQL runs once makes a role with which the service can start', async () => {
  const script = await readFile('ops/compose/create-database.sh', 'utf8');
  const sql = /<<'SQL'\n([^]*?)SQL\n/.exec(script)?.[1] ?? '';
  const { username, pathname } = new URL(
    service('service').environment?.['DATABASE_URL']?.replaceAll(/\$\{[^}]*\}/g, 'x') ?? '',
  );
  expect(sql).toContain(`CREATE ROLE ${username} LOGIN`);
  expect(sql).toContain(`CREATE DATABASE ${pathname.slice(1)} OWNER ${username}`);
  // The tests' own server has a role and a database of these names.
  const other = 'zoho_moodle_sync_composed';
  const renamed = sql.replaceAll(/\bzoho_moodle_sync\b/g, other).replace(":'password'", "'d4t4b4se'");
  const admin = urlOfDatabase('postgres', 'superuser');
  try {
    for (const statement of renamed.split(';\n').filter((part) => part.trim() !== '')) await ask(statement, [], admin);
    // The tests’ server has this role already, so that no migration makes it for the new owner.
    await ask(`GRANT ${APPLICATION_ROLE} TO ${other}`, [], admin);
    const own = new URL(urlOfDatabase(other, 'superuser'));
    own.username = other;
    own.password = 'd4t4b4se';
    expect((await migrate(own.href, own.href)).length).toBeGreaterThan(0);
    const rights = await ask('SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user', [], own.href);
    expect(rights).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  } finally {
    await ask(`DROP DATABASE IF EXISTS ${other} WITH (FORCE)`, [], admin);
    await ask(`DROP ROLE IF EXISTS ${other}`, [], admin);
  }
});
