import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { watchProcess } from '../src/metrics/process-metrics';
import { TestService } from './support/app';
import { collectingFetch } from './support/canary/collecting-fetch';
import { createOwnDatabase, type OwnDatabase } from './support/databases';
import { Scrape } from './support/metrics';
import { readPromql } from './support/promql';
import { promtool } from './support/promtool';
import { Run } from './support/run';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const FOLDER = resolve('ops/prometheus');
let rules: readonly Rule[];
let panels: readonly Panel[];
/** of a real service and a real worker */
let scrapes: readonly Scrape[];
/** by metric, the labels that its series may have */
let labels: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  const file = parse(await readFile(join(FOLDER, 'alerts.yml'), 'utf8')) as { groups: { rules: Rule[] }[] };
  rules = file.groups.flatMap((group) => group.rules);
  const dashboard = JSON.parse(await readFile(resolve('ops/grafana/dashboard.json'), 'utf8')) as { panels: Panel[] };
  panels = dashboard.panels;
  const folder = await mkdtemp(join(tmpdir(), 'alerts-'));
  await chmod(folder, 0o755);
  const database = await createOwnDatabase('alerts');
  scrapes = [await scrape('serve', folder, database), await scrape('worker', folder, database)];
  labels = await labelsOf(database);
  await database.drop();
  await rm(folder, { recursive: true });
});

async function scrape(command: string, folder: string, { url }: OwnDatabase): Promise<Scrape> {
  const run = new Run(folder, { DATABASE_URL: url, METRICS_PORT: '0' }, [command]);
  const answer = await collectingFetch(await run.says(/Metrics on (\S+)/));
  const page = new Scrape(await answer.text());
  await run.end('SIGTERM');
  return page;
}

/** As they are declared: not every series is there from the first moment. */
async function labelsOf({ url }: OwnDatabase): Promise<Map<string, readonly string[]>> {
  const service = await TestService.start({ DATABASE_URL: url });
  const registry = service.app.get<Registry>(Registry);
  watchProcess(registry);
  const declared = registry.getMetricsAsArray() as unknown as { name: string; labelNames: string[] }[];
  const found = new Map(declared.map(({ name, labelNames }) => [name, labelNames]));
  await service.close();
  return found;
}

/** The metric that a name of a series belongs to. */
const metricOf = (name: string): string =>
  name.replace(/_(?:bucket|count|sum)$/, (end) => (scrapes[0]?.types.has(name) ? end : ''));

/** What Prometheus itself adds to what it reads. */
const ADDED = ['job', 'instance', 'le'];
const OWN_METRICS = ['up'];

function expressions(): string[] {
  const targets = panels.flatMap((panel) => panel.targets ?? []);
  return [...rules, ...targets].map(({ expr }) => expr);
}

it('the rules are well formed', async () => {
  const checked = await promtool(['check', 'rules', 'alerts.yml'], FOLDER);
  expect(checked).toEqual({ isWell: true, output: expect.stringContaining(`${rules.length} rules found`) as string });
  for (const { alert, labels: own, annotations } of rules) {
    expect([alert, own['severity']]).toEqual([alert, expect.stringMatching(/^(critical|warning)$/)]);
    expect(Object.keys(annotations).toSorted()).toEqual(['description', 'runbook_url', 'summary']);
  }
});

it('each fires when it should, and not when it should not', async () => {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.test.yml'));
  const tests: string[] = [];
  for (const name of files) {
    expect([name, await promtool(['test', 'rules', name], FOLDER)]).toMatchObject([name, { isWell: true }]);
    tests.push(await readFile(join(FOLDER, name), 'utf8'));
  }
  for (const { alert } of rules) {
    const looks = tests
      .join('\n')
      .split(/^ {6}- /m)
      .filter((look) => look.includes(`alertname="${alert}"`));
    const fires = looks.filter((look) => look.includes(`labels: 'ALERTS{alertname="${alert}"`));
    const isQuiet = looks.some((look) => /exp_samples: \[\]/.test(look));
    expect([alert, fires.length > 0, isQuiet]).toEqual([alert, true, true]);
  }
});

it('every metric that rules and dashboard name is told by a real service and a real worker', () => {
  const named = new Set(expressions().flatMap((expr) => readPromql(expr).selectors.map(({ metric }) => metric)));
  expect(named.size).toBeGreaterThan(15);
  for (const { types } of scrapes) {
    const unknown = [...named].filter((name) => !OWN_METRICS.includes(name) && !types.has(metricOf(name)));
    expect(unknown).toEqual([]);
  }
});

it('every label that they name is one of its metric', () => {
  const faults = expressions().flatMap((expr) => {
    const { selectors, grouped } = readPromql(expr);
    const known = (metric: string) => [...ADDED, ...(labels.get(metricOf(metric)) ?? [])];
    const all = new Set(selectors.flatMap(({ metric }) => known(metric)));
    const strange = selectors.flatMap(({ metric, labels: asked }) =>
      asked.filter(({ name }) => !known(metric).includes(name)).map(({ name }) => `${metric}{${name}}`),
    );
    return [...strange, ...grouped.filter((name) => !all.has(name)).map((name) => `by ${name}: ${expr}`)];
  });
  expect(faults).toEqual([]);
});

it('every value of a label that is told from the first moment is one that is told', () => {
  const faults: string[] = [];
  for (const { metric, labels: asked } of expressions().flatMap((expr) => readPromql(expr).selectors)) {
    const samples = scrapes[0]?.of(metric) ?? [];
    for (const { name, operator, value } of asked) {
      const isToldAtOnce = /^(?:records_total|idempotent_requests_total|push_settled_total|deferred_records)$/.test(
        metric,
      );
      if (!isToldAtOnce || ADDED.includes(name) || value.includes('$')) continue;
      const wanted = operator.endsWith('~') ? value.split('|') : [value];
      const told = new Set(samples.map((sample) => sample.labels[name]));
      faults.push(...wanted.filter((one) => !told.has(one)).map((one) => `${metric}{${name}="${one}"}`));
    }
  }
  expect(faults).toEqual([]);
});

it('every metric of ours is on the dashboard, and described in docs/metrics.md with its labels', async () => {
  const drawn = new Set(
    panels
      .flatMap(({ targets = [] }) => targets)
      .flatMap(({ expr }) => readPromql(expr).selectors.map(({ metric }) => metricOf(metric))),
  );
  const ours = [...(scrapes[0]?.types.keys() ?? [])].filter((name) => !/^(?:process|nodejs)_/.test(name));
  expect(ours.filter((name) => !drawn.has(name))).toEqual([]);
  const page = await readFile(resolve('docs/metrics.md'), 'utf8');
  const lines = [...page.matchAll(/^\| `([a-z_]+)` +\|([^|]*)\|/gm)];
  const described = lines.map(([, name, own = '']) => [name, [...own.matchAll(/`(\w+)`/g)].map(([, label]) => label)]);
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(ours.map((name) => [name, labels.get(name)])));
});

it('the dashboard’s panels have titles, questions and places of their own', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = new Set<string>();
  for (const {
    title,
    type,
    targets = [],
    gridPos: { x, y, w, h },
  } of panels) {
    expect([title, title !== '', type === 'row' || targets.length > 0]).toEqual([title, true, true]);
    for (let column = x; column < x + w; column += 1) {
      for (let line = y; line < y + h; line += 1) {
        expect([title, column < 24, cells.has(`${column} ${line}`)]).toEqual([title, true, false]);
        cells.add(`${column} ${line}`);
      }
    }
  }
});
