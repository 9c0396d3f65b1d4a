import type { ImportReport } from '../../import/import-report';
import { STATUSES } from '../../sync/outcome';

/** What an import came to, in lines for whoever typed the command. */
export function tableOf(report: ImportReport, seconds: number, rate: number): string[] {
  const { entity, summary, rejected, released, missing, import_id: id, dry_run: dryRun, resumed } = report;
  const counts = STATUSES.filter((status) => summary[status] > 0).map((status) => row(status, summary[status]));
  const time = `in ${seconds.toFixed(1)} s, ${rate}/s`;
  const how = dryRun ? 'dry run, nothing was written' : `import ${id}${resumed ? ', gone on with' : ''}`;
  return [
    `${summary.total} ${entity} ${time} (${how})`,
    ...counts,
    ...(released > 0 ? [row('released', released)] : []),
    ...(rejected.total > 0 ? [row('rejected', rejected.total)] : []),
    ...(missing ? [row('missing', missing.total), row('deleted', missing.deleted)] : []),
    ...(missing?.refusal ? [`Nothing was deleted: ${missing.refusal}`] : []),
  ];
}

const row = (name: string, count: number): string => `  ${name.padEnd(10)}${String(count).padStart(10)}`;
