import { z } from 'zod';

/**
 * What Moodle tells of the items that it did not take; an empty list when it took all. Whatever answers without it was
 * not the function, and nothing is known to be done.
 */
export const warnings = z.object({
  warnings: z.array(z.object({ itemid: z.coerce.number().optional(), warningcode: z.string() })),
});
export type MoodleWarnings = z.infer<typeof warnings>;
