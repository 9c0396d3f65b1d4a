import { createHash } from 'node:crypto';

/** Tells what was pushed apart from what is to be, without keeping either. Keys are in the order of the code. */
export const digestOf = (wanted: unknown): string => createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
