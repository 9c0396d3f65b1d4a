import type { EntityRegistry } from '../entity-registry';
import type { EntityDefinition } from '../fields';
import { READ_OF_ALL } from '../read-field';
import { InvalidProfile, type Profile, type ProfileFault, type ProfileOfEntity, profileSchema } from './profile';

/** Nobody mends more at once. */
const MOST_FAULTS = 100;

/** @throws InvalidProfile with everything that is wrong, each with its path */
export function checkProfile(raw: unknown, entities: EntityRegistry): Profile {
  const hidden = [...protoKeys(raw, [])].slice(0, MOST_FAULTS);
  if (hidden.length > 0) throw new InvalidProfile(hidden);
  const parsed = profileSchema.safeParse(raw);
  if (!parsed.success) {
    const faults = parsed.error.issues.slice(0, MOST_FAULTS);
    throw new InvalidProfile(faults.map(({ path, message }) => ({ path: path.join('.'), message })));
  }
  const faults = Object.entries(parsed.data.entities ?? {}).flatMap(([route, profile]) => {
    const definition = entities.findByRoute(route)?.definition;
    const path = `entities.${route}`;
    return definition ? faultsOf(definition, profile, path) : [{ path, message: unknownEntity(entities) }];
  });
  faults.push(...sharedModules(parsed.data, entities));
  if (faults.length > 0) throw new InvalidProfile(faults.slice(0, MOST_FAULTS));
  return parsed.data;
}

/** The schema would pass over this key in silence. */
function* protoKeys(value: unknown, path: readonly string[]): Generator<ProfileFault> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') yield { path: [...path, key].join('.'), message: 'is not a name' };
    else yield* protoKeys(member, [...path, key]);
  }
}

const unknownEntity = (entities: EntityRegistry): string =>
  `must be one of ${entities.all.map(({ definition }) => definition.plural).join(', ')}`;

function faultsOf(definition: EntityDefinition, profile: ProfileOfEntity, path: string): ProfileFault[] {
  const { fields } = definition;
  const named = Object.keys(fields).filter((name) => fields[name]?.aliases.length);
  const references = Object.keys(fields).filter((name) => fields[name]?.references);
  return [
    ...unknownKeys(profile.fields, named, `${path}.fields`),
    ...unknownKeys(profile.dependencies, references, `${path}.dependencies`),
    ...reservedAliases(definition, profile, path),
    ...Object.keys(profile.custom ?? {})
      .filter((name) => Object.hasOwn(fields, name))
      .map((name) => ({ path: `${path}.custom.${name}`, message: 'is the name of a canonical field' })),
  ];
}

/** What the engine reads of every record itself. */
function reservedAliases({ idAliases }: EntityDefinition, profile: ProfileOfEntity, path: string): ProfileFault[] {
  const reserved = new Set([...idAliases, ...READ_OF_ALL]);
  const named = [
    ...Object.entries(profile.fields ?? {}).map(([name, { aliases }]) => [`fields.${name}.aliases`, aliases] as const),
    ...Object.entries(profile.custom ?? {}).map(([name, aliases]) => [`custom.${name}`, aliases] as const),
  ];
  return named.flatMap(([place, aliases]) =>
    aliases
      .filter((alias) => reserved.has(alias))
      .map((alias) => ({ path: `${path}.${place}`, message: `${alias} has a meaning of its own in every record` })),
  );
}

function unknownKeys(given: object | undefined, known: readonly string[], path: string): ProfileFault[] {
  const choice = known.length > 0 ? `must be one of ${known.join(', ')}` : 'has no choice here';
  return Object.keys(given ?? {})
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: `${path}.${name}`, message: choice }));
}

/** A body's `module` tells which route it belongs to, so no two entities may have the same. */
function sharedModules({ entities: profiles = {} }: Profile, entities: EntityRegistry): ProfileFault[] {
  const moduleOf = ({ plural, zohoModule }: EntityDefinition): string => profiles[plural]?.zohoModule ?? zohoModule;
  const byModule = Map.groupBy(entities.all, ({ definition }) => moduleOf(definition));
  return [...byModule].flatMap(([module, sharing]) => {
    const renamed = sharing.find(({ definition }) => profiles[definition.plural]?.zohoModule === module);
    if (sharing.length < 2 || !renamed) return [];
    const { plural } = renamed.definition;
    return [{ path: `entities.${plural}.zohoModule`, message: `${module} is the module of another entity too` }];
  });
}
