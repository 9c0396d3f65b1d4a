import type { Environment } from '../config/environment';

/** What a command works with. */
export interface CommandInput {
  /** as it was read; DATABASE_URL is absent where the database is embedded */
  readonly environment: Environment;
  /** the database, migrated and ready */
  readonly databaseUrl: string;
  /** what stands behind the command's name */
  readonly args: readonly string[];
  /** a line for whoever typed the command */
  readonly print: (line: string) => void;
  /** says when the command shall come to an end */
  readonly stopping: AbortSignal;
}

/** Something that goes on until it is stopped. */
interface Running {
  readonly stop: () => Promise<void>;
}

/**
 * Something that can be asked for as `npm run <name> -- <arguments>`. It answers the exit code when it is done, or what
 * goes on, which is stopped by a signal. Whatever it opened it closes itself, also when it throws; an error's message is
 * printed, with exit code 1.
 */
export type Command = (input: CommandInput) => Promise<number | Running>;
