import { plainText, shorten } from './plain-text';

/** Moodle's own limit of both names. */
const LONGEST = 100;

/**
 * A person's first and last name, never blank: as Zoho has them, else the display name, split before its last word. A
 * name of one word is both.
 */
export function personName(
  displayName: string | null,
  firstName: string | null = null,
  lastName: string | null = null,
): { firstName: string; lastName: string } {
  const [first, last] = [plainText(firstName), plainText(lastName)];
  const words = plainText(displayName).split(' ').filter(Boolean);
  const only = first || last || words.join(' ') || '-';
  const split =
    words.length > 1
      ? { firstName: words.slice(0, -1).join(' '), lastName: words.at(-1) ?? only }
      : { firstName: only, lastName: only };
  const name = first && last ? { firstName: first, lastName: last } : split;
  return { firstName: shorten(name.firstName, LONGEST), lastName: shorten(name.lastName, LONGEST) };
}
