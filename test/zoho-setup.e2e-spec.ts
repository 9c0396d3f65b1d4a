import { readFileSync } from 'node:fs';
import type { EntityDefinition } from '../src/sync/fields';
import { fieldAliases } from '../src/sync/fields';
import { EntityRegistry } from '../src/sync/entity-registry';
import { newTenant, TestService } from './support/app';
import { inTenant } from './support/in-tenant';

const page = readFileSync('docs/zoho-setup.md', 'utf8');

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const { sync, deferred } = inTenant(() => ({ service, tenant }));

/** The bodies that the page sends, in its order. */
const examples = [...page.matchAll(/^send (\w+) '(.*)'$/gm)].map(([, entity = '', body = '']) => {
  const { module, data } = JSON.parse(body) as { module: string; data: Record<string, unknown>[] };
  return { entity, module, data };
});
/** The fields that the page's script sends of each module. */
const scripted = new Map(
  [...page.matchAll(/fields\.put\("(\w+)","([^"]+)"\)/g)].map(([, module = '', names = '']) => [
    module,
    names.split(','),
  ]),
);
const routes = JSON.parse(/routes = (\{.*\});/.exec(page)?.[1] ?? '{}') as Record<string, string>;
const definitions = (): EntityDefinition[] => service.app.get(EntityRegistry).all.map(({ definition }) => definition);
/** What the page says of one module's fields. */
const sectionOf = ({ zohoModule }: EntityDefinition): string =>
  new RegExp(`^### \\w+: \`${zohoModule}\`\\n([^#]*)`, 'm').exec(page)?.[1] ?? '';

it('has an example of every module that is stored, in the order in which nothing waits', async () => {
  const byRoute = definitions().map(({ plural, zohoModule }) => [plural, zohoModule]);
  expect(Object.fromEntries(examples.map(({ entity, module }) => [entity, module]))).toEqual(
    Object.fromEntries(byRoute),
  );
  for (const { entity, data } of examples) {
    const { results } = await sync(entity, ...data);
    expect([entity, results[0]?.status, results[0]?.warnings]).toEqual([entity, 'NEW', undefined]);
  }
});

it('has examples that end the same in the other order', async () => {
  for (const { entity, data } of examples.toReversed()) await sync(entity, ...data);
  expect(await deferred()).toEqual([]);
});

it('sends each module to its route, and names every field that is read under its first name, and no other', () => {
  expect(routes).toEqual(Object.fromEntries(definitions().map(({ plural, zohoModule }) => [zohoModule, plural])));
  for (const definition of definitions()) {
    const { zohoModule, autonumber, fields } = definition;
    const read = Object.values(fields).flatMap(({ aliases, members }) =>
      members.length > 0 ? [] : aliases.slice(0, 1),
    );
    const numbered = autonumber ? [autonumber.alias] : [];
    const names = scripted.get(zohoModule) ?? [];
    expect([zohoModule, names.toSorted()]).toEqual([zohoModule, [...new Set([...read, ...numbered])].toSorted()]);
    const aliases = fieldAliases(definition);
    for (const name of names)
      expect([name, sectionOf(definition).includes(`\`${name}\``), aliases.has(name)]).toEqual([name, true, true]);
  }
});
