import { randomBytes } from 'node:crypto';

/** A new key as it stands in SECRET_KEYS. */
export const newSecretKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
