const LONGEST = 64;

/** A rejected value as an answer may repeat it: one line, 64 characters at most, and always valid Unicode. */
export function shorten(raw: unknown): string {
  const text = typeof raw === 'string' ? raw : describe(raw);
  const start = text
    .slice(0, LONGEST)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\uFFFD');
  return text.length > LONGEST ? `${start}…` : start;
}

/** Lists and objects are only named: their text may be megabytes. */
function describe(raw: unknown): string {
  if (Array.isArray(raw)) return `[list of ${raw.length}]`;
  if (typeof raw === 'object' && raw !== null) return '[object]';
  return String(raw);
}
