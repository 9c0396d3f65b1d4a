import { z } from 'zod';
import { TENANT_ID_PATTERN } from '../request/tenant-id';
import {
  AUTHENTICATIONS,
  isSiteAddress,
  MOST_CONCURRENT,
  MOST_REQUESTS_PER_MINUTE,
  TENANT_STATES,
} from '../tenants/tenant';

/** Text for people, which ends in a log line: without line breaks and other control characters. */
export const shortText = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'must be a line of text');

const layout = z.enum(['program-course', 'class-course']);
const dropPolicy = z.enum(['suspend', 'unenrol', 'keep']);

const changeable = {
  name: shortText(200).nullish().describe('For people. null: none.'),
  state: z.enum(TENANT_STATES).optional().describe('Of a paused tenant nothing is taken in, and nothing is pushed.'),
  authentication: z
    .enum(AUTHENTICATIONS)
    .nullish()
    .describe('How its webhooks prove whose they are. null: as the service has it.'),
  limits: z
    .strictObject({
      requests_per_minute: z
        .int()
        .min(0)
        .max(MOST_REQUESTS_PER_MINUTE)
        .nullish()
        .describe('0: as many as may be. null: as the service has it.'),
      concurrent_requests: z.int().min(1).max(MOST_CONCURRENT).nullish().describe('null: as the service has it.'),
    })
    .optional(),
  moodle: z
    .strictObject({
      base_url: z.string().max(500).refine(isSiteAddress, 'must look like https://moodle.example.org').nullish(),
      token: z
        .string()
        .regex(/^[A-Za-z0-9]{16,128}$/, 'must be the 32 letters and digits that Moodle shows')
        .nullish()
        .describe('Of a user of its web services. Sealed, and never shown. null: none.'),
    })
    .optional(),
  layout: layout.optional().describe('What a program and a class are in Moodle; a new version of the profile.'),
  drop_policy: dropPolicy
    .optional()
    .describe('What becomes of an enrolment in Moodle when it has ended; a new version of the profile.'),
  profile: z.unknown().optional().describe('The whole mapping profile: a new version.'),
};

export const tenantChangeBody = z.strictObject(changeable);
export const tenantBody = z.strictObject({
  id: z.string().regex(TENANT_ID_PATTERN, 'must be 1 to 64 letters, digits, _ or -, and begin with a letter or digit'),
  ...changeable,
});

export type TenantChange = z.infer<typeof tenantChangeBody>;
