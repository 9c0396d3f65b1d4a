import { request } from 'node:http';
import type { ImportView } from '../../src/import/import-reader';
import type { ImportReport, RejectedRecord } from '../../src/import/import-report';
import type { Answer, Api } from './api';
import { ask } from './databases';

type Body = string | Uint8Array<ArrayBuffer>;

/** A portion's records. */
export const PORTION = 1_000;

/** Students from one number up to before another; each has an e-mail of its own. */
export const students = (to: number, from = 0): Record<string, string>[] =>
  Array.from({ length: to - from }, (_none, n) => ({
    id: `s${from + n}`,
    Display_Name: 'Omar',
    Academic_Email: `s${from + n}@c.example`,
  }));

export const ndjson = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** A header and rows, under the names of the first record. */
export const csv = (records: readonly Record<string, string>[], delimiter = ','): string => {
  const names = Object.keys(records[0] ?? {});
  const rows = records.map((record) => names.map((name) => record[name] ?? ''));
  return [names, ...rows].map((cells) => `${cells.join(delimiter)}\r\n`).join('');
};

/** What tests ask of the import routes in the name of one tenant: of the one that they are at when they ask. */
export const importsOf = (at: () => { service: Api; tenant: string }) => {
  const headersOf = (type: string) => ({ 'Content-Type': type, 'X-Tenant-ID': at().tenant });
  const send = (
    body: Body,
    { entity = 'students', type = 'application/x-ndjson', query = '', headers = {} }: ImportWishes = {},
  ): Promise<Answer<ImportReport>> =>
    at().service.send<ImportReport>('POST', `/v1/import/${entity}${query}`, {
      body,
      headers: { ...headersOf(type), ...headers },
    });
  return {
    send,
    take: async (body: Body, wishes: ImportWishes = {}): Promise<ImportReport> => {
      const answer = await send(body, wishes);
      if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    /** Begins a request whose body is yet to be written. */
    begin: (type = 'application/x-ndjson', query = '') => {
      const call = request(`${at().service.url}/v1/import/students${query}`, {
        method: 'POST',
        headers: headersOf(type),
      });
      return call.on('error', () => undefined);
    },
    list: async (): Promise<readonly ImportView[]> =>
      (await at().service.get<{ data: ImportView[] }>('/v1/imports', at().tenant)).body.data,
    rejected: async (importId: string | null, query = ''): Promise<readonly RejectedRecord[]> =>
      (await at().service.get<{ data: RejectedRecord[] }>(`/v1/imports/${importId}/rejected${query}`, at().tenant)).body
        .data,
  };
};

interface ImportWishes {
  readonly entity?: string;
  readonly type?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
}

/** What a tenant has, past every policy: rows, changes, and what is kept of imports alone. */
export async function countsOf(tenant: string, url?: string): Promise<Record<string, number>> {
  const [counts] = await ask<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM student WHERE tenant_id = $1) AS students,
       (SELECT count(*)::int FROM change_record WHERE tenant_id = $1) AS changes,
       (SELECT count(*)::int FROM run WHERE tenant_id = $1) AS runs,
       (SELECT count(*)::int FROM import WHERE tenant_id = $1) AS imports,
       (SELECT count(*)::int FROM import_portion WHERE tenant_id = $1) AS portions,
       (SELECT count(*)::int FROM import_seen WHERE tenant_id = $1) AS seen`,
    [tenant],
    url,
  );
  return counts ?? {};
}
