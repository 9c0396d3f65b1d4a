/** What PHP makes of a form: names with brackets become nested values; all leaves are text. */
export type PhpValue = string | { [key: string]: PhpValue };
export type PhpObject = { [key: string]: PhpValue };

/** @param limit PHP's `max_input_vars`: what lies beyond is dropped in silence */
export function readForm(body: string, limit: number): PhpObject {
  const nested: PhpObject = {};
  const pairs = [...new URLSearchParams(body)].slice(0, limit);
  for (const [name, value] of pairs)
    place(
      nested,
      name.split(/\[|\]\[|\]/).filter((part, at) => at === 0 || part !== ''),
      value,
    );
  return nested;
}

function place(into: PhpObject, [key = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  const known = into[key];
  const inner = typeof known === 'object' ? known : {};
  into[key] = inner;
  place(inner, rest, value);
}

/** A list as PHP sends it: an object with numbers for keys. */
export const listOf = (value: PhpValue | undefined): PhpValue[] =>
  typeof value === 'object' ? Object.values(value) : [];

export const textOf = (value: PhpValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
