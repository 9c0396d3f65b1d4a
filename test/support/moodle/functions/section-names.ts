import type { Section } from '../rows';
import type { Site } from '../site';

/** The name, or what Moodle shows in its place. */
export const titleOf = ({ name, section }: Section): string => name ?? (section === 0 ? 'General' : 'New section');

/** A hidden section is not shown to those who may not see it, and not to a web service's user either. */
export const visibleSections = (site: Site, course: number): Section[] =>
  allSections(site, course).filter(({ visible }) => visible || site.may('moodle/course:viewhiddensections'));

export const allSections = (site: Site, course: number): Section[] =>
  site.sections.filter((section) => section.course === course).toSorted((a, b) => a.section - b.section);
