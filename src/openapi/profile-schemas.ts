import { z } from 'zod';
import { profileSchema } from '../sync/profile/profile';
import { ZOHO_ID } from './field-kinds';
import { INSTANT, objectOf, orNull, refTo, type Schema, type Schemas } from './schema';

const TEXT = { type: 'string' } as const;

/** As it is checked, so that the two cannot differ. */
function profile(): Schema {
  const { $schema: _draft, ...schema } = z.toJSONSchema(profileSchema);
  return {
    ...(schema as Schema),
    description: 'What a tenant’s Zoho calls things, and how it spells them. What is left out is as by default.',
  };
}

const VALUE: Schema = {
  anyOf: [orNull(TEXT), { type: 'array', items: { type: 'object', additionalProperties: orNull(TEXT) } }],
};

export const PROFILE_SCHEMAS: Schemas = {
  Profile: profile(),
  TenantProfile: {
    description: 'The profile that counts for a tenant.',
    ...objectOf({
      tenant_id: TEXT,
      version: { type: 'integer', minimum: 0, description: 'Counts from 1; 0 when the default profile counts.' },
      profile: refTo('Profile'),
      created_at: orNull(INSTANT),
    }),
  },
  ProfileTrial: {
    description: 'A payload to try a profile on.',
    ...objectOf(
      {
        entity: { ...TEXT, pattern: '^[a-z_]{1,64}$', description: 'As in the routes.' },
        payload: { description: 'The body of a sync request.' },
        profile: { ...refTo('Profile'), description: 'Absent: the tenant’s own.' },
      },
      ['profile'],
    ),
  },
  TriedField: objectOf({
    field: { ...TEXT, description: 'The canonical name.' },
    alias: { ...orNull(TEXT), description: 'Zoho’s name that it was read from; null when none is in the record.' },
    value: VALUE,
  }),
  TriedRecord: {
    description: 'What the parser makes of a record, read as one that is seen for the first time.',
    ...objectOf({
      zoho_id: orNull(ZOHO_ID),
      operation: { ...TEXT, enum: ['write', 'delete', 'restore'] },
      version: orNull(INSTANT),
      fields: { type: 'array', items: refTo('TriedField') },
      unread: { type: 'array', items: TEXT, description: 'Keys of the record that nothing reads.' },
      errors: { type: 'array', items: refTo('RecordIssue') },
      warnings: { type: 'array', items: refTo('RecordIssue') },
    }),
  },
  TriedRecords: objectOf({ records: { type: 'array', items: refTo('TriedRecord') } }),
};
