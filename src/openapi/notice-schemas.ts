import { ZOHO_ID } from './field-kinds';
import { INSTANT, type Schema, type Schemas } from './schema';

const TEXT = { type: 'string' } as const;

/** What may stand in a body beside its records. */
export const NOTICE_PROPERTIES: Schemas = {
  module: { ...TEXT, description: "The API name of the records' module; that of another route is refused." },
  operation: {
    ...TEXT,
    description:
      '`delete` makes tombstones of the records that say nothing else themselves, `restore` brings them back. Also ' +
      'read as `event_type`.',
  },
  source: { ...TEXT, description: 'Where the body comes from, for the run and the history.' },
};

const ASKED: Schema = { type: 'string', enum: ['delete', 'deleted', 'restore', 'restored'] };

const IDS: Schema = { type: 'array', items: ZOHO_ID, minItems: 1 };

/** A body that names records and holds none of their fields: enough to delete them, or to bring them back. */
const notice = (key: string, ids: Schema, word: string): Schema => ({
  description: `A notice of records in \`${key}\`, without their fields, with what is asked for in \`${word}\`.`,
  type: 'object',
  properties: {
    ...NOTICE_PROPERTIES,
    [key]: ids,
    [word]: ASKED,
    Modified_Time: { ...INSTANT, description: 'The version of all of them: what is newer stays as it is.' },
  },
  required: [key, word],
});

export const NOTICE_SCHEMAS: Schemas = {
  NoticeOfIds: notice('ids', { anyOf: [IDS, ZOHO_ID] }, 'operation'),
  NoticeOfZohoId: notice('zoho_id', ZOHO_ID, 'operation'),
  NoticeOfRecordId: notice('record_id', ZOHO_ID, 'operation'),
  EventOfIds: notice('ids', { anyOf: [IDS, ZOHO_ID] }, 'event_type'),
  EventOfZohoId: notice('zoho_id', ZOHO_ID, 'event_type'),
  EventOfRecordId: notice('record_id', ZOHO_ID, 'event_type'),
};
