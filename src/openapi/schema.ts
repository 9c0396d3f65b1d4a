type JsonType = 'string' | 'integer' | 'boolean' | 'object' | 'array' | 'null';

/** A JSON Schema of draft 2020-12, as far as the document uses it. */
export interface Schema {
  $ref?: string;
  description?: string;
  type?: JsonType | JsonType[];
  const?: string | number | boolean;
  enum?: string[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  default?: string | number | boolean;
  properties?: Schemas;
  required?: string[];
  patternProperties?: Schemas;
  additionalProperties?: boolean | Schema;
  minProperties?: number;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  anyOf?: Schema[];
  oneOf?: Schema[];
  discriminator?: { propertyName: string; mapping: Record<string, string> };
  contentMediaType?: string;
  contentSchema?: Schema;
}

export type Schemas = Record<string, Schema>;

export interface Reference {
  $ref: string;
}

export const refTo = (name: string): Reference => ({ $ref: `#/components/schemas/${name}` });

/** An object that has every one of these properties, but for the optional ones. */
export function objectOf(properties: Schemas, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

export const orNull = (schema: Schema & { type: JsonType }): Schema => ({ ...schema, type: [schema.type, 'null'] });

/** A reference cannot have a second type, as `orNull` gives it. */
export const refOrNull = (name: string): Schema => ({ anyOf: [refTo(name), { type: 'null' }] });

/** What every list route answers. */
export const pageOf = (item: string, description: string): Schema => ({
  description,
  ...objectOf({
    data: { type: 'array', items: refTo(item) },
    next_cursor: { type: ['string', 'null'], description: 'For the next page, as `cursor`; null on the last.' },
  }),
});

export const INSTANT = { type: 'string', format: 'date-time' } as const;
