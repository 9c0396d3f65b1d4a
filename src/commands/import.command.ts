import type { INestApplicationContext } from '@nestjs/common';
import type { ImportReport } from '../import/import-report';
import { ImportService } from '../import/import.service';
import { Problem } from '../request/problem';
import { TenantDirectory } from '../tenants/tenant-directory';
import type { Command, CommandInput } from './command';
import { type ImportArguments, Misspelt, readArguments, USAGE } from './import/import-arguments';
import { ImportFiles } from './import/import-files';
import { type ImportSource, openSource } from './import/import-source';
import { Unwritable } from './import/output-file';
import { ProgressDisplay } from './import/progress-display';
import { tableOf } from './import/summary-table';
import { withQuietApp } from './quiet-app';

/** `import <entity> <file>`: takes a file in. Exit code 0 when all of it is stored or waits for others, else 1. */
export const importFile: Command = async (input) => {
  try {
    const what = readArguments(input.args, input.environment.DEFAULT_TENANT_ID);
    const source = await openSource(what.file, what.isPacked, input.stopping);
    return await withQuietApp(input, async (app) => {
      await enterTenant(app, input, what.tenantId);
      return take(app.get(ImportService), input, what, source);
    });
  } catch (error) {
    input.print(explain(error, input));
    return 1;
  }
};

async function take(
  imports: ImportService,
  { print, stopping }: CommandInput,
  what: ImportArguments,
  source: ImportSource,
): Promise<number> {
  const display = new ProgressDisplay(process.stderr, source.size, source.read);
  const files = new ImportFiles(what);
  try {
    const order = { ...what, requestId: null, bytes: source.bytes };
    const report = await imports.run(order, {
      opened: (layout, importId) => files.open(layout, importId),
      progress: (progress) => display.show(progress),
      rejected: (records) => files.rejected(records),
      missing: (zohoIds) => files.missing(zohoIds),
    });
    await files.close();
    display.close();
    for (const line of [...tableOf(report, display.seconds, display.rate), ...files.tell()]) print(line);
    return isWell(report) ? 0 : 1;
  } catch (error) {
    display.close();
    await files.close();
    if (stopping.aborted) throw new Stopped();
    throw error;
  }
}

/** Told to stop: the portion in hand is stored. */
class Stopped extends Error {}

const isWell = ({ rejected, missing }: ImportReport): boolean => rejected.total === 0 && !missing?.refusal;

/** The tenant must be there, as for a request. */
async function enterTenant(
  app: INestApplicationContext,
  { environment }: CommandInput,
  tenantId: string,
): Promise<void> {
  const tenants = app.get(TenantDirectory);
  const tenant = await tenants.find(tenantId);
  if (tenant?.state === 'paused') throw new Problem('TENANT_PAUSED', 'The tenant is paused, and nothing is taken in');
  if (tenant) return;
  if (environment.ENV === 'production')
    throw new Problem('TENANT_NOT_FOUND', 'There is no such tenant. An administrator registers it');
  await tenants.ensure([tenantId]);
}

function explain(error: unknown, { environment }: CommandInput): string {
  if (error instanceof Misspelt) return `${error.message}\n${USAGE}`;
  if (error instanceof Problem) return error.detail;
  if (error instanceof Unwritable)
    return `${error.message}. What came before is stored; the same command goes on. --rejected names another place`;
  if (error instanceof Stopped)
    return 'Stopped. The same command goes on from here: with the same file, and the same --key if there was one';
  if (!(error instanceof Error)) return 'The import failed for an unknown reason';
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'There is no such file';
  if (code === 'EACCES' || code === 'EISDIR') return 'The file cannot be read';
  if (code.startsWith('Z_')) return 'The file is no gzip, or is cut off. What was read of it is stored';
  const where = environment.ENV === 'production' ? '' : ` (${error.name})`;
  return `The import did not come to its end${where}. The same command goes on where it was`;
}
