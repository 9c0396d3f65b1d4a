import { getCoursesByField } from '../../moodle/functions/courses';
import {
  getCourseContents,
  type MoodleSection,
  renameSection,
  updateCourseFormat,
} from '../../moodle/functions/sections';
import { MoodleError } from '../../moodle/moodle-error';
import type { MoodleCalls } from '../site/moodle-calls';

/** The format of the courses that we make; one that was adopted may have another. */
const OUR_FORMAT = 'topics';

/** Moodle's words for a section that was deleted, or is in another course. */
const GONE = new Set(['unexistingsectionid', 'sectionnotexist']);

/** The calls about the sections of courses. */
export class SectionCalls {
  /** by course */
  private readonly formats = new Map<number, string>();
  private done = 0;

  constructor(private readonly calls: MoodleCalls) {}

  /** How many calls have changed something. */
  get writes(): number {
    return this.done;
  }

  /** Those that the token's user may see, which need not be all. */
  list(courseid: number): Promise<MoodleSection[]> {
    const options = [{ name: 'excludemodules', value: true }];
    return this.calls.call(getCourseContents, { courseid, options });
  }

  /** Adds one at the end. @returns the ids of all sections that may be seen: the new one is among them */
  async add(courseid: number): Promise<number[]> {
    const changes = await this.calls.call(updateCourseFormat, { action: 'section_add', courseid });
    this.done += 1;
    return changes.filter(({ name }) => name === 'section').map(({ fields }) => fields.id);
  }

  /** @returns whether the section is there */
  async setVisible(courseid: number, sectionId: number, visible: boolean): Promise<boolean> {
    try {
      const action = visible ? 'section_show' : 'section_hide';
      await this.calls.call(updateCourseFormat, { action, courseid, ids: [sectionId] });
      this.done += 1;
      return true;
    } catch (error) {
      if (error instanceof MoodleError && GONE.has(error.errorcode)) return false;
      throw error;
    }
  }

  /** Moodle finds a section only by its course's format, which is asked for when it is not ours. */
  async rename(courseid: number, sectionId: number, value: string): Promise<void> {
    const format = this.formats.get(courseid) ?? OUR_FORMAT;
    try {
      const component = `format_${format}` as const;
      await this.calls.call(renameSection, { component, itemtype: 'sectionname', itemid: sectionId, value });
      this.done += 1;
    } catch (error) {
      if (!isNotFound(error) || this.formats.has(courseid)) throw error;
      const { courses } = await this.calls.call(getCoursesByField, { field: 'id', value: courseid });
      this.formats.set(courseid, courses[0]?.format ?? OUR_FORMAT);
      await this.rename(courseid, sectionId, value);
    }
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof MoodleError && error.errorcode === 'invalidrecordunknown';
