/** A key that seals secrets, under the name by which sealed text refers to it. */
export interface SecretKey {
  readonly id: string;
  /** 32 bytes, for AES-256 */
  readonly key: Buffer;
}

/** Where SECRET_KEYS is absent. Everybody who can read this can open what it seals: `ENV=production` refuses it. */
export const SAMPLE_SECRET_KEYS = 'sample:c2FtcGxlIGtleSwgbm90IGZvciBwcm9kdWN0aW9uISE=';

const ID = /^[A-Za-z0-9-]{1,32}$/;

/** 32 bytes of base64; the last of the 43 characters has two bits that must be 0. */
const KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/**
 * Reads what `SECRET_KEYS` holds, such as `2026b:<base64 of 32 bytes>,2026a:<base64 of 32 bytes>`.
 *
 * @returns the keys in their order, one at least: the first seals, all open
 * @throws Error whose message says which key is wrong by its position, and nothing of its content
 */
export function readSecretKeys(text: string): readonly [SecretKey, ...SecretKey[]] {
  const [first, ...others] = text.split(',').map(readKey);
  if (!first) throw new Error('holds no key');
  const keys = [first, ...others] as const;
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new Error('gives two keys the same id');
  return keys;
}

function readKey(text: string, index: number): SecretKey {
  const colon = text.indexOf(':');
  const [id, encoded] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
  if (!ID.test(id)) throw new Error(`key ${index + 1} needs an id of 1 to 32 letters, digits and "-", and a colon`);
  if (!KEY.test(encoded)) throw new Error(`key ${index + 1} must be 32 bytes of base64: openssl rand -base64 32`);
  return { id, key: Buffer.from(encoded, 'base64') };
}
