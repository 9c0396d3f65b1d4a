import type { SyncedEntity } from './synced.entity';
import { parseDate } from './values/date';
import { between, parseDecimal, parseInteger } from './values/decimal';
import { parseEmail } from './values/email';
import { parseList } from './values/list';
import { parseLookup, parseLookupName, parseTextOrName } from './values/lookup';
import type { Parsed } from './values/parsed';
import { LONGEST_LINE, LONGEST_TEXT, parseText } from './values/text';
import { DEFAULT_FORMAT, type ValueFormat } from './values/value-format';

/** One element of a list: a canonical value for each of the list's columns. */
export type ListElement = Readonly<Record<string, string | null>>;

/**
 * A canonical value: text, an ISO date, a decimal in its shortest form, the id of another record, or an ordered list.
 * An empty list is null.
 */
export type CanonicalValue = string | readonly ListElement[] | null;

/** A value that is text, or none. */
export const textOf = (value: CanonicalValue | undefined): string | null => (typeof value === 'string' ? value : null);

export type EntityClass = new () => SyncedEntity;

/** One canonical field: what Zoho may call it, how a raw value is read, and what must hold for it. */
export interface Field {
  /** Zoho's names for it; the first with a non-null value wins */
  readonly aliases: readonly string[];
  /** names that count only when none of the aliases has a value */
  readonly lastResort: readonly string[];
  /** names that count only while no row is stored, and only when none of the aliases is present */
  readonly firstSight: readonly string[];
  /** the first alias that is present wins, null or not */
  readonly firstPresentWins: boolean;
  readonly required: boolean;
  /** no two rows of a tenant may hold the same, upper and lower case being the same */
  readonly unique: boolean;
  /** the entity that it names a record of */
  readonly references: (() => EntityClass) | null;
  /** a record waits until the one that it names here is stored */
  readonly awaited: boolean;
  /** the record is part of what the one that it names here is about, and is erased with it */
  readonly belongs: boolean;
  /** of a list: what each element holds */
  readonly columns: FieldTable;
  /** of a list that Zoho spreads over fields: the field of each element, and its `code` */
  readonly members: readonly Member[];
  readonly type: FieldType;
  readonly parse: Parse;
}

/** Reads a raw value, spelled as the tenant's Zoho spells it. */
export type Parse = (raw: unknown, format?: ValueFormat) => Parsed<CanonicalValue>;

/** What a field is in PostgreSQL and in JSON. */
export type FieldType = 'text' | 'email' | 'date' | 'decimal' | 'reference' | 'list';

/** One element of a list that Zoho keeps in a field of its own. */
export interface Member {
  readonly alias: string;
  readonly code: string;
}

/** A field under construction: each call answers a new one. */
export class FieldBuilder<T extends FieldType = FieldType> implements Field {
  readonly aliases: readonly string[] = [];
  readonly lastResort: readonly string[] = [];
  readonly firstSight: readonly string[] = [];
  readonly firstPresentWins: boolean = false;
  readonly required: boolean = false;
  readonly unique: boolean = false;
  readonly references: (() => EntityClass) | null = null;
  readonly awaited: boolean = false;
  readonly belongs: boolean = false;
  readonly columns: FieldTable = {};
  readonly members: readonly Member[] = [];

  constructor(
    readonly type: T,
    readonly parse: Parse,
    rest: Partial<Field> = {},
  ) {
    Object.assign(this, rest);
  }

  /** Judged on the merged record, so that a partial update may leave it out. */
  mandatory(): FieldBuilder<T> {
    return this.with({ required: true });
  }

  distinct(): FieldBuilder<T> {
    return this.with({ unique: true });
  }

  orElse(...aliases: string[]): FieldBuilder<T> {
    return this.with({ lastResort: aliases });
  }

  onFirstSight(...aliases: string[]): FieldBuilder<T> {
    return this.with({ firstSight: aliases });
  }

  /** The record waits until the one that this field names is stored. */
  await(): FieldBuilder<T> {
    return this.with({ awaited: true, belongs: true });
  }

  /** The record is erased with the one that this field names, though it does not wait for it. */
  belonging(): FieldBuilder<T> {
    return this.with({ belongs: true });
  }

  private with(change: Partial<Field>): FieldBuilder<T> {
    const { type, parse, ...rest } = this;
    return new FieldBuilder(type, parse, { ...rest, ...change });
  }
}

/** One line of text, trimmed and in NFC. */
export const text = (...aliases: string[]): FieldBuilder<'text'> =>
  new FieldBuilder('text', (raw) => parseText(raw, LONGEST_LINE), { aliases });

/** Text of several lines. */
export const longText = (...aliases: string[]): FieldBuilder<'text'> =>
  new FieldBuilder('text', (raw) => parseText(raw, LONGEST_TEXT), { aliases });

/** An e-mail address; a null in the first alias present never falls back to another address. */
export const email = (...aliases: string[]): FieldBuilder<'email'> =>
  new FieldBuilder('email', parseEmail, { aliases, firstPresentWins: true });

/** A calendar date, `YYYY-MM-DD`. */
export const date = (...aliases: string[]): FieldBuilder<'date'> => new FieldBuilder('date', parseDate, { aliases });

/** An exact decimal, as a string in its shortest form. */
export const money = (...aliases: string[]): FieldBuilder<'decimal'> =>
  new FieldBuilder('decimal', parseDecimal, { aliases });

/** An exact decimal from `lowest` to `highest`. */
export const score = (lowest: number, highest: number, ...aliases: string[]): FieldBuilder<'decimal'> =>
  new FieldBuilder('decimal', (raw, format) => between(parseDecimal(raw, format), lowest, highest, raw), { aliases });

/** A whole number, as a decimal string. */
export const integer = (...aliases: string[]): FieldBuilder<'decimal'> =>
  new FieldBuilder('decimal', parseInteger, { aliases });

/** The display name that stands in a lookup beside its id. */
export const lookupName = (...aliases: string[]): FieldBuilder<'text'> =>
  new FieldBuilder('text', parseLookupName, { aliases });

/** One line of text, or the name of a lookup: organisations differ in which of the two a field is. */
export const textOrName = (...aliases: string[]): FieldBuilder<'text'> =>
  new FieldBuilder('text', parseTextOrName, { aliases });

/** A subform: an ordered list, each element with these columns. A record that has it has it whole. */
export const subform = (columns: FieldTable, ...aliases: string[]): FieldBuilder<'list'> =>
  new FieldBuilder('list', (raw, format = DEFAULT_FORMAT) => parseList(raw, columns, format), { aliases, columns });

/**
 * A list of `code` and `description` that Zoho keeps in one field for each element: `P1_description` and the like.
 * Elements merge one by one, as fields do: a missing one stays, a null one goes.
 */
export const numbered = (letters: readonly string[], highest: number, suffix: string): FieldBuilder<'list'> => {
  const codes = letters.flatMap((letter) => Array.from({ length: highest }, (_none, n) => `${letter}${n + 1}`));
  return new FieldBuilder('list', (raw) => parseText(raw, LONGEST_TEXT), {
    columns: { code: text(), description: longText() },
    members: codes.map((code) => ({ code, alias: code + suffix })),
  });
};

/** A lookup: the zoho_id of a record of another entity. */
export const reference = (entity: () => EntityClass, ...aliases: string[]): FieldBuilder<'reference'> =>
  new FieldBuilder('reference', parseLookup, { aliases, references: entity });

export type FieldTable = Readonly<Record<string, Field>>;

/** Zoho's autonumber: the module's `Name`, when the real name stands in another field. */
export interface Autonumber {
  readonly alias: string;
  /** the canonical field that holds the number */
  readonly field: string;
  /** Zoho fields that, present in the same record, show that the alias is the number */
  readonly besides: readonly string[];
  /** the canonical field that the alias means otherwise, until the row has a number */
  readonly otherwise: string;
}

/** An entity's declaration: all that the engine knows of it. */
export interface EntityDefinition<F extends FieldTable = FieldTable> {
  /** singular, as in `student_not_synced_yet`; also the table's name */
  readonly name: string;
  /** as in the route, `/v1/students` */
  readonly plural: string;
  /** the API name of Zoho's module */
  readonly zohoModule: string;
  /** a record is about one person, and erasing it takes all that belongs to that person along */
  readonly isPerson?: boolean;
  /** Zoho's names for the record's id, in order; a declaration gives those that only this entity has */
  readonly idAliases: readonly string[];
  readonly autonumber?: Autonumber;
  /** in the order of the fingerprint; a new field goes last */
  readonly fields: F;
  /** how values are spelled; absent: as Zoho does by default */
  readonly format?: ValueFormat;
}

const ID_ALIASES = ['id', 'ID', 'zoho_id'];

export const defineEntity = <const F extends FieldTable>(
  definition: Omit<EntityDefinition<F>, 'idAliases'> & Partial<EntityDefinition<F>>,
): EntityDefinition<F> => ({ ...definition, idAliases: [...ID_ALIASES, ...(definition.idAliases ?? [])] });

/** The columns of an entity's table that hold its canonical fields; a reference's column is named for what it holds. */
export type CanonicalColumns<D> =
  D extends EntityDefinition<infer F>
    ? {
        [K in keyof F & string as F[K] extends { type: 'reference' } ? `${K}_zoho_id` : K]: F[K] extends {
          type: 'list';
        }
          ? ListElement[] | null
          : string | null;
      }
    : never;

/** What the names of fields begin with that a profile adds; they are stored together, as JSON. */
export const CUSTOM = 'custom.';

export const columnOf = (name: string, field: Field): string => (field.type === 'reference' ? `${name}_zoho_id` : name);

/** Every key of a Zoho record that the entity reads, its id's aside. */
export function fieldAliases({ fields, autonumber }: EntityDefinition): Set<string> {
  const aliases = Object.values(fields).flatMap((field) => [
    ...field.aliases,
    ...field.lastResort,
    ...field.firstSight,
    ...field.members.map(({ alias }) => alias),
  ]);
  return new Set(autonumber ? [...aliases, autonumber.alias] : aliases);
}
