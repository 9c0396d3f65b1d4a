import { CUSTOM, type EntityDefinition, type Field, type FieldTable, text } from '../fields';
import { DEFAULT_FORMAT } from '../values/value-format';
import type { Profile, ProfileOfEntity } from './profile';

/** The entity's declaration as the tenant has it. */
export function applyProfile(definition: EntityDefinition, profile: Profile): EntityDefinition {
  const own = profile.entities?.[definition.plural] ?? {};
  return {
    ...definition,
    zohoModule: own.zohoModule ?? definition.zohoModule,
    fields: { ...changedFields(definition.fields, own), ...customFields(own) },
    format: {
      dateFormats: profile.dates?.formats ?? DEFAULT_FORMAT.dateFormats,
      zone: profile.dates?.zone ?? DEFAULT_FORMAT.zone,
      decimalComma: profile.decimalComma ?? DEFAULT_FORMAT.decimalComma,
    },
  };
}

function changedFields(fields: FieldTable, { fields: renamed = {}, dependencies = {} }: ProfileOfEntity): FieldTable {
  const changed = Object.entries(fields).map(([name, field]): [string, Field] => {
    const aliases = renamed[name]?.aliases ?? field.aliases;
    const dependency = dependencies[name];
    const awaited = dependency === undefined ? field.awaited : dependency === 'require';
    return [name, { ...field, aliases, awaited }];
  });
  return Object.fromEntries(changed);
}

const customFields = ({ custom = {} }: ProfileOfEntity): FieldTable =>
  Object.fromEntries(
    Object.keys(custom)
      .toSorted()
      .map((name) => [CUSTOM + name, text(...(custom[name] ?? []))]),
  );
