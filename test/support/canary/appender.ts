import { appendFile } from 'node:fs/promises';

/** Adds to a file behind whoever writes: what comes while it is busy goes out together, and no file stays open. */
export class Appender {
  private pending: string[] = [];
  private writing: Promise<void> | null = null;

  constructor(private readonly file: string) {}

  write(text: string): void {
    this.pending.push(text);
    this.writing ??= this.drain();
  }

  /** Once everything is in the file that was written so far. */
  async flush(): Promise<void> {
    await this.writing;
  }

  private async drain(): Promise<void> {
    while (this.pending.length > 0) await appendFile(this.file, this.pending.splice(0).join(''));
    this.writing = null;
  }
}
