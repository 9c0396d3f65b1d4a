import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { validate } from 'dockerfile-utils';
import { readEnvironment } from '../src/config/environment';
import { collectingFetch } from './support/canary/collecting-fetch';
import { createOwnDatabase } from './support/databases';
import { DOCKERFILE, type Instruction, of, readStages, type Stage } from './support/dockerfile';
import { isIgnored } from './support/dockerignore';
import { knownVariables } from './support/known-variables';
import { Run } from './support/run';
import { newSecretKey } from './support/secret-keys';

const run = promisify(execFile);

interface PackageFile {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

let stages: readonly Stage[];
let image: Stage;
let own: PackageFile;
beforeAll(async () => {
  stages = await readStages();
  image = stages.at(-1) ?? { name: null, image: '', instructions: [] };
  own = JSON.parse(await readFile('package.json', 'utf8')) as PackageFile;
});

/** The only one of its kind. */
function only(keyword: string): Instruction {
  const [first, ...others] = of(image, keyword);
  if (!first || others.length > 0) throw new Error(`There is to be one ${keyword}`);
  return first;
}

const json = ({ text }: Instruction): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[];
const variables = (): Record<string, string> =>
  Object.fromEntries(of(image, 'ENV').flatMap(({ words }) => words.map((word) => word.split('=') as [string, string])));

describe('the Dockerfile', () => {
  it('has no fault that a linter finds', async () => {
    expect(validate(await readFile(DOCKERFILE, 'utf8'))).toEqual([]);
  });

  it('begins with one exact version of Node, that of the service', () => {
    expect(stages.length).toBeGreaterThan(1);
    expect(new Set(stages.map((stage) => stage.image))).toEqual(new Set([`node:${own.dependencies['node']}-alpine`]));
  });

  it('copies what is there, and what stands in its way is not left out of the context', () => {
    for (const { instructions } of stages) {
      for (const { keyword, words, flags } of instructions) {
        if (keyword === 'ADD') throw new Error('ADD does more than it seems to');
        if (keyword !== 'COPY') continue;
        for (const source of words.slice(0, -1)) {
          const from = flags.get('from');
          if (from === undefined)
            expect([source, existsSync(source), isIgnored(source)]).toEqual([source, true, false]);
          else expect([from, stages.some(({ name }) => name === from)]).toEqual([from, true]);
        }
      }
    }
  });

  it('keeps secrets, data and what was built elsewhere out of the context', () => {
    for (const path of ['.env', 'service.env', '.git', '.data', '.cache', 'node_modules', 'dist', 'test'])
      expect([path, isIgnored(path)]).toEqual([path, true]);
  });

  it('runs scripts that there are', () => {
    const runs = stages.flatMap((stage) => of(stage, 'RUN')).map(({ text }) => text);
    const scripts = runs.flatMap((text) => [...text.matchAll(/npm run (\S+)/g)].map(([, name = '']) => name));
    expect(scripts).toEqual(['build']);
    expect(scripts.filter((name) => !(name in own.scripts))).toEqual([]);
  });

  it('is not root’s, ends on SIGTERM, and has no variable that the service does not know', () => {
    expect(only('USER').words).toEqual([expect.stringMatching(/^(?!root$|0$)\w+$/)]);
    const position = (keyword: string) => image.instructions.findLastIndex((one) => one.keyword === keyword);
    expect(position('USER')).toBeGreaterThan(position('COPY'));
    expect(only('STOPSIGNAL').text).toBe('SIGTERM');
    const names = Object.keys(variables());
    expect(names.filter((name) => name !== 'NODE_ENV' && !knownVariables().has(name))).toEqual([]);
    expect(() =>
      readEnvironment({ ...variables(), DATABASE_URL: 'postgres://a:b@c/d', SECRET_KEYS: newSecretKey('a') }),
    ).not.toThrow();
    expect(only('EXPOSE').words).toEqual([variables()['PORT'], variables()['METRICS_PORT']]);
  });
});

describe('what is in the image', () => {
  let folder: string;
  beforeAll(async () => {
    await mkdir('.cache', { recursive: true });
    folder = await mkdtemp(resolve('.cache/image-'));
    await chmod(folder, 0o755);
    await copyModules(folder);
    const [prune = ''] = /find node_modules .*$/.exec(of(stageOf('dependencies'), 'RUN')[0]?.text ?? '') ?? [];
    await run('sh', ['-c', prune], { cwd: folder });
    for (const { words, flags } of of(image, 'COPY')) {
      const [source = '', target = ''] = words;
      if (flags.get('from') === 'dependencies') continue;
      const from = flags.has('from') ? source.replace('/app/', '') : source;
      await cp(from, join(folder, target === './' ? from : target), { recursive: true });
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  const stageOf = (name: string): Stage => stages.find((stage) => stage.name === name) ?? image;

  it.each(['serve', 'worker'])('is all that %s needs, and it is healthy until it ends', async (command) => {
    const [node, main] = json(only('ENTRYPOINT'));
    expect([node, json(only('CMD'))]).toEqual(['node', ['serve']]);
    const database = await createOwnDatabase(`image_${command}`);
    const settings = { DATABASE_URL: database.url, SECRET_KEYS: newSecretKey('a'), PORT: '0', METRICS_PORT: '0' };
    const started = new Run(folder, { ...variables(), ...settings }, [command], join(folder, main ?? ''));
    const { port } = new URL(await started.says(/Metrics on (\S+)/));
    expect(await isHealthy(port)).toBe(true);
    expect((await collectingFetch(`http://127.0.0.1:${port}/v1/health/ready`)).status).toBe(200);
    expect(await started.end('SIGTERM')).toBe(0);
    expect(await isHealthy(port)).toBe(false);
    await database.drop();
  });

  async function isHealthy(port: string): Promise<boolean> {
    const [, ...args] = json(only('HEALTHCHECK'));
    try {
      await run(process.execPath, args, { env: { METRICS_PORT: port } });
      return true;
    } catch {
      return false;
    }
  }
});

/** As `npm ci --omit=dev --omit=optional` leaves them. */
async function copyModules(folder: string): Promise<void> {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    packages: Record<string, { dev?: true; optional?: true; devOptional?: true }>;
  };
  const kept = Object.entries(packages).filter(
    ([path, one]) => path !== '' && !one.dev && !one.optional && !one.devOptional,
  );
  const paths = kept.map(([path]) => path).filter((path) => path !== 'node_modules/node');
  const outermost = paths.filter((path) => path.lastIndexOf('node_modules/') === 0);
  await run('cp', ['-al', '--parents', ...outermost, folder]);
  for (const path of paths.filter((one) => !outermost.includes(one)))
    expect([path, existsSync(join(folder, path))]).toEqual([path, true]);
}
