import type { Command } from './command';
import { doctor } from './doctor.command';
import { importFile } from './import.command';
import { keys } from './keys.command';
import { secrets } from './secrets.command';
import { serve } from './serve.command';
import { verify } from './verify.command';
import { worker } from './worker.command';

/** What `node dist/src/main.js <name>` can do, and npm's scripts of the same names; `serve` is `npm start`. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['serve', serve],
  ['worker', worker],
  ['doctor', doctor],
  ['keys', keys],
  ['secrets', secrets],
  ['import', importFile],
  ['verify', verify],
]);

/** @throws Error that lists the commands */
export function findCommand(name = 'serve'): Command {
  const command = COMMANDS.get(name);
  if (!command) throw new Error(`There is no command ${name}. There are: ${[...COMMANDS.keys()].join(', ')}`);
  return command;
}
