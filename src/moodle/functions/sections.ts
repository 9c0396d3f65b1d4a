import { z } from 'zod';
import { defineFunction } from '../moodle-function';

const section = z.object({ id: z.int(), name: z.string(), section: z.int().optional(), visible: z.int().optional() });
export type MoodleSection = z.infer<typeof section>;

/** Hidden sections are absent for a user who may not see them. */
export const getCourseContents = defineFunction<{
  courseid: number;
  options?: readonly { name: string; value: string | boolean }[];
}>()('core_course_get_contents', false, z.array(section), 'moodle/course:view');

/** The answer is the text of a list of what has changed on the page; new sections are among it. */
const changes = z.string().transform((text, context) => {
  const parsed = z
    .array(z.object({ name: z.string(), action: z.string(), fields: z.object({ id: z.coerce.number() }).loose() }))
    .safeParse(tryJson(text));
  if (parsed.success) return parsed.data;
  context.addIssue({ code: 'custom', message: 'is no list of changes' });
  return z.NEVER;
});

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const updateCourseFormat = defineFunction<{
  action: 'section_add' | 'section_hide' | 'section_show';
  courseid: number;
  ids?: readonly number[];
}>()('core_courseformat_update_course', true, changes, 'moodle/course:update');

/** Renames a section; tags are stripped. */
export const renameSection = defineFunction<{
  component: `format_${string}`;
  itemtype: 'sectionname';
  itemid: number;
  value: string;
}>()('core_update_inplace_editable', true, z.object({ value: z.string() }), 'moodle/course:update');
