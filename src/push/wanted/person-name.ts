/** Moodle takes neither a blank name nor tags in one. */
const clean = (text: string | null): string => (text ?? '').replaceAll(/[<>]/g, ' ').replaceAll(/\s+/g, ' ').trim();

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
  const [first, last] = [clean(firstName), clean(lastName)];
  const words = clean(displayName).split(' ').filter(Boolean);
  const only = first || last || words.join(' ') || '-';
  const split =
    words.length > 1
      ? { firstName: words.slice(0, -1).join(' '), lastName: words.at(-1) ?? only }
      : { firstName: only, lastName: only };
  const name = first && last ? { firstName: first, lastName: last } : split;
  return { firstName: name.firstName.slice(0, LONGEST), lastName: name.lastName.slice(0, LONGEST) };
}
