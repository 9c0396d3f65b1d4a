import type { EntityDefinition } from '../../sync/fields';
import { readCsv } from './csv-reader';
import { readNdjson } from './ndjson-reader';
import type { Bytes, ImportFormat, SourceFile } from './source-record';

/** Opens a file: its layout is known, and its records are read as they are asked for. @throws Problem */
export const openFile = (bytes: Bytes, format: ImportFormat, definition: EntityDefinition): Promise<SourceFile> =>
  format === 'csv' ? readCsv(bytes, definition) : readNdjson(bytes);
