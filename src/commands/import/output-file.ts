import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';

/** Its message is for whoever typed the command. */
export class Unwritable extends Error {
  constructor(path: string, cause: unknown) {
    const { code, name } = cause as NodeJS.ErrnoException;
    super(`${path} cannot be written (${code ?? name})`, { cause });
  }
}

/** A file that is there only when there is something in it; what an earlier try has left is taken away first. */
export class OutputFile {
  private stream: WriteStream | null = null;

  constructor(
    readonly path: string,
    private readonly beginning: string,
  ) {}

  get isWritten(): boolean {
    return this.stream !== null;
  }

  /** @throws Unwritable */
  clear(): Promise<void> {
    return this.attempt(() => rm(this.path, { force: true }));
  }

  /** @throws Unwritable, also for what was written before */
  write(text: string): Promise<void> {
    return this.attempt(async () => {
      this.stream ??= await this.open();
      if (this.stream.errored) throw this.stream.errored;
      if (!this.stream.write(text)) await once(this.stream, 'drain');
    });
  }

  /** @throws Unwritable */
  close(): Promise<void> {
    return this.attempt(async () => {
      if (!this.stream) return;
      this.stream.end();
      await finished(this.stream);
    });
  }

  private async open(): Promise<WriteStream> {
    // Whose records are in it is nobody else's business on this machine.
    const stream = createWriteStream(this.path, { mode: 0o600 });
    await once(stream, 'open');
    // Told by the next write, or at the end.
    stream.on('error', () => undefined);
    stream.write(this.beginning);
    return stream;
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      throw new Unwritable(this.path, error);
    }
  }
}
