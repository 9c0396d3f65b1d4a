/** Not the `next_cursor` of any page. */
export class MalformedCursor extends Error {}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A page of a list. */
export interface PageOf<T> {
  readonly data: readonly T[];
  /** null on the last page */
  readonly next_cursor: string | null;
}

/** A cursor is opaque to callers, so that what it holds may change. */
const cursorOf = (position: string): string => Buffer.from(position).toString('base64url');

/** @throws MalformedCursor */
export function positionOf(cursor: string, isPosition: (text: string) => boolean): string {
  const position = Buffer.from(cursor, 'base64url').toString('latin1');
  if (isPosition(position)) return position;
  throw new MalformedCursor('cursor must be the next_cursor of an earlier page');
}

export const isUuid = (text: string): boolean => UUID.test(text);

/** @throws MalformedCursor */
export const uuidOf = (cursor: string | undefined): string | null =>
  cursor === undefined ? null : positionOf(cursor, isUuid);

/** Of one item more than the page holds, the page: the item more tells that there is another. */
export function toPage<S, T>(
  found: readonly S[],
  limit: number,
  position: (item: S) => string,
  view: (item: S) => T,
): PageOf<T> {
  const last = found.length > limit ? found[limit - 1] : undefined;
  return { data: found.slice(0, limit).map(view), next_cursor: last ? cursorOf(position(last)) : null };
}
