import { resolve } from 'node:path';
import type { RejectedSource } from '../../import/import-order';
import type { FileLayout } from '../../import/reading/source-record';
import { ENDING, type ImportArguments, Misspelt } from './import-arguments';
import { OutputFile } from './output-file';
import { headerOf, lineOf } from './rejected-line';

/** The files that an import leaves beside the one that it reads: the rejected records, and what a full file lacks. */
export class ImportFiles {
  private rejectedFile: OutputFile | null = null;
  private missingFile: OutputFile | null = null;
  private layout: FileLayout = { format: 'csv', columns: [], delimiter: ',' };

  /** @throws Misspelt when the file that is read would be written over */
  constructor(private readonly what: ImportArguments) {
    const { file, rejected } = what;
    if (file !== null && rejected !== null && resolve(file) === resolve(rejected))
      throw new Misspelt('--rejected names the file that is read');
  }

  async open(layout: FileLayout, importId: string | null): Promise<void> {
    const { file, rejected, full } = this.what;
    const beside = (name: string): string =>
      file === null ? `${name}-${importId ?? 'dry-run'}` : `${file.replace(ENDING, '')}.${name}`;
    this.layout = layout;
    this.rejectedFile = new OutputFile(rejected ?? `${beside('rejected')}.${layout.format}`, headerOf(layout));
    await this.rejectedFile.clear();
    if (!full) return;
    this.missingFile = new OutputFile(`${beside('missing')}.csv`, 'id\r\n');
    await this.missingFile.clear();
  }

  async rejected(records: readonly RejectedSource[]): Promise<void> {
    await this.rejectedFile?.write(records.map((record) => lineOf(record, this.layout)).join(''));
  }

  async missing(zohoIds: readonly string[]): Promise<void> {
    await this.missingFile?.write(zohoIds.map((id) => `${id}\r\n`).join(''));
  }

  async close(): Promise<void> {
    await this.rejectedFile?.close();
    await this.missingFile?.close();
  }

  /** Where what is. */
  tell(): string[] {
    const [rejected, missing] = [this.rejectedFile, this.missingFile];
    return [
      ...(rejected?.isWritten ? [`The rejected records, with the reasons, are in ${rejected.path}`] : []),
      ...(missing?.isWritten ? [`The ids that the file lacks are in ${missing.path}`] : []),
    ];
  }
}
