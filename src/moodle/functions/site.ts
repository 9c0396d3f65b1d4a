import { z } from 'zod';
import { defineFunction } from '../moodle-function';

const siteInfo = z.object({
  sitename: z.string(),
  siteurl: z.string(),
  username: z.string(),
  userid: z.int(),
  /** the front page, which is a course that nobody can be enrolled in */
  siteid: z.int().default(1),
  release: z.string().optional(),
  version: z.string().optional(),
  functions: z.array(z.object({ name: z.string() })),
});
export type SiteInfo = z.infer<typeof siteInfo>;

/** What the site is, and what the token may call. */
export const getSiteInfo = defineFunction<Record<string, never>>()('core_webservice_get_site_info', false, siteInfo);
