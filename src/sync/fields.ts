import type { SyncedEntity } from './synced.entity';
import { parseDate } from './values/date';
import { parseDecimal } from './values/decimal';
import { parseEmail } from './values/email';
import { parseLookup } from './values/lookup';
import type { Parsed } from './values/parsed';
import { LONGEST_LINE, LONGEST_TEXT, parseText } from './values/text';

/** A canonical value: text, an ISO date, a decimal in its shortest form, or the id of another record. */
export type CanonicalValue = string | null;

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
  readonly type: FieldType;
  readonly parse: (raw: unknown) => Parsed<string>;
}

/** What a field is in PostgreSQL and in JSON. */
export type FieldType = 'text' | 'email' | 'date' | 'decimal' | 'reference';

/** A field under construction: each call answers a new one. */
export class FieldBuilder<T extends FieldType = FieldType> implements Field {
  readonly aliases: readonly string[] = [];
  readonly lastResort: readonly string[] = [];
  readonly firstSight: readonly string[] = [];
  readonly firstPresentWins: boolean = false;
  readonly required: boolean = false;
  readonly unique: boolean = false;
  readonly references: (() => EntityClass) | null = null;

  constructor(
    readonly type: T,
    readonly parse: (raw: unknown) => Parsed<string>,
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

  private with(change: Partial<Field>): FieldBuilder<T> {
    const { aliases, lastResort, firstSight, firstPresentWins, required, unique, references } = this;
    const rest = { aliases, lastResort, firstSight, firstPresentWins, required, unique, references };
    return new FieldBuilder(this.type, this.parse, { ...rest, ...change });
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
  /** Zoho's names for the record's id, in order */
  readonly idAliases: readonly string[];
  readonly autonumber?: Autonumber;
  /** in the order of the fingerprint; a new field goes last */
  readonly fields: F;
}

export const defineEntity = <const F extends FieldTable>(definition: EntityDefinition<F>): EntityDefinition<F> =>
  definition;

/** The columns of an entity's table that hold its canonical fields; a reference's column is named for what it holds. */
export type CanonicalColumns<D> =
  D extends EntityDefinition<infer F>
    ? { [K in keyof F & string as F[K] extends { type: 'reference' } ? `${K}_zoho_id` : K]: CanonicalValue }
    : never;

export const columnOf = (name: string, field: Field): string => (field.type === 'reference' ? `${name}_zoho_id` : name);

/** Every key of a Zoho record that the entity reads, its id's aside. */
export function fieldAliases({ fields, autonumber }: EntityDefinition): Set<string> {
  const aliases = Object.values(fields).flatMap((field) => [
    ...field.aliases,
    ...field.lastResort,
    ...field.firstSight,
  ]);
  return new Set(autonumber ? [...aliases, autonumber.alias] : aliases);
}
