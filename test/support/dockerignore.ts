import { readFileSync } from 'node:fs';

/** Whether `.dockerignore` leaves a path at the top out of the context: the last line that names it decides. */
export function isIgnored(path: string): boolean {
  const lines = readFileSync('.dockerignore', 'utf8').split('\n');
  let ignored = false;
  for (const line of lines) {
    if (line === '' || line.startsWith('#')) continue;
    if (line === '*' || line === path) ignored = true;
    if (line === `!${path}`) ignored = false;
  }
  return ignored;
}
