/** Moodle takes no tags in names, and takes anything after `<` for one. */
export const plainText = (text: string | null): string =>
  (text ?? '').replaceAll(/[<>]/g, ' ').replaceAll(/\s+/g, ' ').trim();

/** So many characters at most, none of them cut in two. */
export const shorten = (text: string, most: number): string => Array.from(text).slice(0, most).join('');
