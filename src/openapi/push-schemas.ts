import { HOLD_STATES } from '../push/brake/push-hold.entity';
import { TARGET_STATES } from '../push/targets/push-target.entity';
import { KINDS } from '../push/targets/target';
import { ZOHO_ID } from './field-kinds';
import { INSTANT, objectOf, orNull, pageOf, refOrNull, refTo, type Schema, type Schemas } from './schema';

const TEXT = { type: 'string' } as const;
const LAYOUT: Schema = { ...TEXT, enum: ['program-course', 'class-course'] };
const MOODLE_ID = { type: 'integer', minimum: 1 } as const;

const PUSH_STATE: Schema = {
  type: 'string',
  enum: [...TARGET_STATES],
  description:
    '`wanted`: to be pushed; `pushed`: Moodle has what it is to have; `waiting` for something else to be in Moodle; ' +
    '`retrying` after a fault that may pass; `failed` until the record or somebody changes it; `held` until somebody ' +
    'approves; `ignored` because somebody said so.',
};

const RECORD: Schemas = { entity: { ...TEXT, description: 'As in the routes.' }, zoho_id: ZOHO_ID };

const KIND: Schema = { ...TEXT, enum: [...KINDS] };

const WITHIN: Schema = {
  type: 'array',
  items: refTo('PushedRecord'),
  description: 'What it is in: of an enrolment its course, of a membership its class and course.',
};

const WHY = {
  reason: { ...orNull(TEXT), description: 'A code of Moodle’s or of ours, such as `conflict`.' },
  message: { ...orNull(TEXT), description: 'The same in plain words, with what to do.' },
};

const STANDING: Schemas = {
  moodle_id: orNull(MOODLE_ID),
  state: refTo('PushState'),
  ...WHY,
  pushed_at: orNull(INSTANT),
};

export const PUSH_SCHEMAS: Schemas = {
  PushState: PUSH_STATE,
  MoodleState: {
    description: 'How one thing that is made of a record stands in Moodle.',
    ...objectOf(STANDING),
  },
  PushedRecord: { description: 'A record of ours.', ...objectOf(RECORD) },
  Push: {
    description: 'One thing in Moodle that is kept as our records want it.',
    ...objectOf({
      push_id: { ...TEXT, format: 'uuid' },
      kind: KIND,
      ...RECORD,
      within: WITHIN,
      ...STANDING,
      is_active: { type: 'boolean', description: 'In Moodle, and neither suspended nor hidden.' },
      attempts: { type: 'integer', minimum: 0, description: 'Since the last success.' },
      next_try_at: orNull(INSTANT),
      changed_at: INSTANT,
      note: { ...orNull(TEXT), description: 'Why it is ignored.' },
    }),
  },
  PushForecast: {
    description:
      'Only of a dry run: what the changes would lead to in Moodle. Nothing is asked of Moodle: what is not known to be ' +
      'there is foreseen to be made, and is adopted in truth if it turns out to be there.',
    ...objectOf({
      calls: {
        type: 'array',
        description: 'The calls that would change something, in their order.',
        items: objectOf({
          function: { ...TEXT, description: 'Moodle’s name of it.' },
          items: { type: 'integer', minimum: 1, description: 'How many things it is about.' },
        }),
      },
      targets: {
        type: 'array',
        description: 'What would become of each thing in Moodle that is not as it is to be.',
        items: objectOf({
          kind: KIND,
          ...RECORD,
          within: WITHIN,
          state: refTo('PushState'),
          ...WHY,
        }),
      },
    }),
  },
  PushPage: pageOf('Push', 'A page of pushes.'),
  RetriedPushes: objectOf({ retried: { type: 'integer', minimum: 0, description: 'How many are tried at once.' } }),
  HoldState: {
    type: 'string',
    enum: [...HOLD_STATES],
    description: '`open`: waits for somebody to decide; `expired`: nobody has in time, and nothing was suspended.',
  },
  Hold: {
    description: 'Suspensions that were too many within an hour.',
    ...objectOf({
      hold_id: { ...TEXT, format: 'uuid' },
      state: refTo('HoldState'),
      size: { type: 'integer', minimum: 0, description: 'How many are held back, or were when it was decided.' },
      kinds: {
        description: 'The same by kind, while it is open.',
        type: 'object',
        additionalProperties: { type: 'integer', minimum: 1 },
      },
      created_at: INSTANT,
      expires_at: INSTANT,
      decided_at: orNull(INSTANT),
      note: orNull(TEXT),
    }),
  },
  HoldPage: pageOf('Hold', 'A page of holds, the newest first.'),
  PushNote: {
    description: 'Why it is to be so.',
    ...objectOf({ note: { ...TEXT, minLength: 1, maxLength: 500 } }),
  },
  PushPause: {
    description: 'Why nothing is pushed.',
    ...objectOf({
      by: {
        ...TEXT,
        enum: ['site', 'person'],
        description: '`site`: Moodle refuses all calls; it is looked each minute.',
      },
      reason: TEXT,
      message: TEXT,
      since: INSTANT,
    }),
  },
  PushStatus: {
    description: 'How the push stands for a tenant.',
    ...objectOf({
      enabled: { type: 'boolean', description: 'Moodle is switched on, and the tenant has a site.' },
      layout: LAYOUT,
      base_url: orNull(TEXT),
      paused: refOrNull('PushPause'),
      pushes: {
        description: 'How many things are in each state.',
        ...objectOf(Object.fromEntries(TARGET_STATES.map((state) => [state, { type: 'integer', minimum: 0 }]))),
      },
    }),
  },
  SiteFinding: {
    description: 'Something that keeps pushes from arriving, or may.',
    ...objectOf({ severity: { ...TEXT, enum: ['error', 'warning'] }, code: TEXT, message: TEXT }),
  },
  SiteReport: {
    description: 'What a look at a tenant’s Moodle came to.',
    ...objectOf({
      ok: { type: 'boolean', description: 'There is no error.' },
      layout: LAYOUT,
      site: {
        type: ['object', 'null'],
        properties: { name: TEXT, url: TEXT, release: orNull(TEXT) },
        required: ['name', 'url', 'release'],
      },
      findings: { type: 'array', items: refTo('SiteFinding') },
    }),
  },
};
