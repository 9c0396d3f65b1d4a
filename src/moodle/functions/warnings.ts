import { z } from 'zod';

/** What Moodle tells of the items that it did not take. */
export const warnings = z.object({
  warnings: z.array(z.object({ itemid: z.coerce.number().optional(), warningcode: z.string() })).optional(),
});
export type MoodleWarnings = z.infer<typeof warnings>;
