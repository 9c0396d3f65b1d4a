import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/environment';
import { readSecretKeys, SAMPLE_SECRET_KEYS, type SecretKey } from '../config/secret-keys';
import type { SecretField } from './secret-field';
import { UnreadableSecret } from './unreadable-secret';

const CIPHER = 'aes-256-gcm';
const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Sealed text: version, id of the key, and IV, ciphertext and tag together as base64url. */
const SEALED = /^v1\.([A-Za-z0-9-]{1,32})\.([\w-]+)$/;

interface Parts {
  readonly keyId: string;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

/**
 * Seals tenants' secrets for the database by the keys of `SECRET_KEYS`: the first seals, all open. Sealed text opens for
 * the tenant and the field that it was sealed for alone, so that whoever can write to the table cannot pass one off as
 * another.
 */
@Injectable()
export class KeyRing {
  private readonly current: SecretKey;
  private readonly byId: ReadonlyMap<string, SecretKey>;

  constructor({ SECRET_KEYS = SAMPLE_SECRET_KEYS }: Environment) {
    const keys = readSecretKeys(SECRET_KEYS);
    [this.current] = keys;
    this.byId = new Map(keys.map((key) => [key.id, key]));
  }

  /** @returns `v1.<id of the key>.<base64url>`, another text each time */
  seal(tenantId: string, field: SecretField, plain: string): string {
    const { id, key } = this.current;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(place(id, tenantId, field));
    const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return [VERSION, id, Buffer.concat([iv, ciphertext, cipher.getAuthTag()]).toString('base64url')].join('.');
  }

  /** @throws UnreadableSecret */
  open(tenantId: string, field: SecretField, sealed: string): string {
    const parts = takeApart(sealed);
    if (!parts) throw new UnreadableSecret(tenantId, field, 'it is not sealed text');
    const { keyId, iv, ciphertext, tag } = parts;
    const key = this.byId.get(keyId)?.key;
    if (!key) throw new UnreadableSecret(tenantId, field, `SECRET_KEYS holds no key ${keyId}`);
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(place(keyId, tenantId, field));
    decipher.setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
    } catch {
      throw new UnreadableSecret(
        tenantId,
        field,
        `it was changed or moved, or sealed by another key of the id ${keyId}`,
      );
    }
  }

  /** Whether it says to be sealed by the first key; whether it opens is another question. */
  isCurrent(sealed: string): boolean {
    return takeApart(sealed)?.keyId === this.current.id;
  }
}

/** What the seal is bound to. JSON, as no two lists have the same. */
const place = (keyId: string, tenantId: string, field: SecretField): Buffer =>
  Buffer.from(JSON.stringify([VERSION, keyId, tenantId, field]));

/** Base64 that another spelling would decode to is refused, so that no character can change. */
function takeApart(sealed: string): Parts | null {
  const [, keyId, encoded] = SEALED.exec(sealed) ?? [];
  if (keyId === undefined || encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64url');
  if (bytes.length < IV_BYTES + TAG_BYTES || bytes.toString('base64url') !== encoded) return null;
  return {
    keyId,
    iv: bytes.subarray(0, IV_BYTES),
    ciphertext: bytes.subarray(IV_BYTES, -TAG_BYTES),
    tag: bytes.subarray(-TAG_BYTES),
  };
}
