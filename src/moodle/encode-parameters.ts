/** What a web-service function takes: nested as PHP nests it. A key that is undefined is left out. */
type MoodleParameter =
  string | number | boolean | readonly MoodleParameter[] | { readonly [key: string]: MoodleParameter | undefined };
export type MoodleParameters = Readonly<Record<string, MoodleParameter | undefined>>;

/** PHP's `max_input_vars` is 1000 unless somebody changed it, and what lies beyond is dropped in silence. */
export const MOST_VARIABLES = 900;

/**
 * Parameters in PHP's bracket notation, `users[0][username]`, booleans as 1 or 0.
 *
 * @throws TypeError for an empty list, which cannot be spelled
 */
export function encodeParameters(parameters: MoodleParameters): [name: string, value: string][] {
  return Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : encode(name, value)));
}

function encode(name: string, value: MoodleParameter): [string, string][] {
  if (typeof value === 'boolean') return [[name, value ? '1' : '0']];
  if (typeof value !== 'object') return [[name, String(value)]];
  if (Array.isArray(value) && value.length === 0) throw new TypeError(`${name} is an empty list`);
  return Object.entries(value as Record<string, MoodleParameter | undefined>).flatMap(([key, member]) =>
    member === undefined ? [] : encode(`${name}[${key}]`, member),
  );
}
