import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';

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

  async clear(): Promise<void> {
    await rm(this.path, { force: true });
  }

  async write(text: string): Promise<void> {
    // Whose records are in it is nobody else's business on this machine.
    this.stream ??= createWriteStream(this.path, { mode: 0o600 });
    if (this.stream.bytesWritten === 0 && this.stream.writableLength === 0) this.stream.write(this.beginning);
    if (!this.stream.write(text)) await once(this.stream, 'drain');
  }

  async close(): Promise<void> {
    if (!this.stream) return;
    this.stream.end();
    await finished(this.stream);
  }
}
