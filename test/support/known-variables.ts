import { readFileSync } from 'node:fs';

/** Every variable that the service reads: `.env.example` lists them, and a test compares it with the code. */
export const knownVariables = (): ReadonlySet<string> =>
  new Set([...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name));
