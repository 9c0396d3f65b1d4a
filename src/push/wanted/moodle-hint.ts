/** Moodle's id of it as Zoho has it, which may be old or somebody's guess: to be verified before it is used. */
export const moodleHint = (text: string | null | undefined): number | null =>
  text !== null && text !== undefined && /^[1-9]\d{0,9}$/.test(text.trim()) ? Number(text) : null;
