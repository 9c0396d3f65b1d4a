import { SingleBar } from 'cli-progress';
import type { ImportProgress } from '../../import/import-order';

const EVERY_MS = 10_000;
const SECOND_MS = 1_000;

/** Shows how far an import has come: as a bar on a terminal, as a line each ten seconds elsewhere. */
export class ProgressDisplay {
  private readonly bar: SingleBar | null;
  private readonly began = performance.now();
  private told = performance.now();
  private records = 0;
  private goesOnAt: { readonly time: number; readonly bytes: number } | null = null;

  /**
   * @param size of the file in bytes; null when nobody knows it
   * @param read how many bytes of it have been read
   */
  constructor(
    private readonly output: NodeJS.WriteStream,
    private readonly size: number | null,
    private readonly read: () => number,
  ) {
    const format = `${size === null ? '' : '[{bar}] {percentage}% | '}{records} records, {rejected} rejected | {rate}/s{left}`;
    this.bar = output.isTTY ? new SingleBar({ format, stream: output, hideCursor: true, barsize: 24 }) : null;
    this.bar?.start(size ?? 1, 0, { records: 0, rejected: 0, rate: 0, left: '' });
  }

  show({ records, skipped, rejected }: ImportProgress): void {
    this.records = records - skipped;
    // What an earlier try has done goes by quickly, and says nothing about the rest.
    if (records === skipped) this.goesOnAt = { time: performance.now(), bytes: this.read() };
    const shown = { records, rejected, rate: this.rate, left: this.timeLeft() };
    this.bar?.update(Math.min(this.read(), this.size ?? 0), shown);
    if (this.bar || performance.now() - this.told < EVERY_MS) return;
    this.told = performance.now();
    this.output.write(`${records} records, ${rejected} rejected, ${shown.rate}/s${shown.left}\n`);
  }

  get seconds(): number {
    return (performance.now() - (this.goesOnAt?.time ?? this.began)) / SECOND_MS;
  }

  get rate(): number {
    return Math.round(this.records / Math.max(this.seconds, 0.001));
  }

  close(): void {
    this.bar?.stop();
  }

  private timeLeft(): string {
    if (this.size === null) return '';
    const done = this.read() - (this.goesOnAt?.bytes ?? 0);
    if (done <= 0) return '';
    const seconds = Math.round((Math.max(this.size - this.read(), 0) / done) * this.seconds);
    return `, ${Math.floor(seconds / 60)} min ${seconds % 60} s left`;
  }
}
