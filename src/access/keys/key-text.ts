import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** `mzi_<id>_<secret><checksum>`: 12, 48 and 8 hexadecimal digits. */
const KEY_TEXT = /^mzi_([0-9a-f]{12})_([0-9a-f]{48})([0-9a-f]{8})$/;

/** Whether it can be the id of a key. */
export const isKeyId = (text: string): boolean => /^[0-9a-f]{12}$/.test(text);

/** An API key taken apart. */
export interface KeyText {
  readonly id: string;
  readonly secret: string;
}

const checksumOf = (id: string, secret: string): string => crc32(`${id}_${secret}`).toString(16).padStart(8, '0');

/** A key that nobody has: 192 random bits behind an id by which it is found. */
export function newKeyText(): KeyText & { readonly text: string } {
  const [id, secret] = [randomBytes(6).toString('hex'), randomBytes(24).toString('hex')];
  return { id, secret, text: `mzi_${id}_${secret}${checksumOf(id, secret)}` };
}

/** null when it is no key of ours. The checksum spares the database what was mistyped, cut off or guessed. */
export function readKeyText(text: string): KeyText | null {
  const [, id = '', secret = '', checksum] = KEY_TEXT.exec(text) ?? [];
  return checksum !== undefined && checksum === checksumOf(id, secret) ? { id, secret } : null;
}

/** What is stored of a key, in hexadecimal. A secret of 192 random bits needs no slow hash. */
export const hashOfSecret = (secret: string): string => hash('sha256', secret, 'hex');
