import type { SyncReport } from '../../src/sync/sync-report';
import { UpkeepService } from '../../src/upkeep/upkeep.service';
import type { Answer, Row, TestService } from './app';

/** A record in the list of what waits. */
export interface Waiting {
  entity: string;
  zoho_id: string;
  state: string;
  missing: { field: string; zoho_id: string; reason: string }[];
  errors: { code: string }[];
  run_id: string;
  attempts: number;
  since: string;
  updated_at: string;
}

/** What tests ask of the service in the name of one tenant: of the one that they are at when they ask. */
export const inTenant = (at: () => { service: TestService; tenant: string }) => ({
  sync: (entity: string, ...data: object[]): Promise<SyncReport> =>
    at().service.sync(entity, { data }, { tenant: at().tenant }),
  deferred: async (query = ''): Promise<Waiting[]> =>
    (await at().service.get<{ data: Waiting[] }>(`/v1/deferred${query}`, at().tenant)).body.data,
  stored: async (entity: string, id: string): Promise<boolean> =>
    (await at().service.get(`/v1/${entity}/${id}`, at().tenant)).status === 200,
  row: (entity: string, id: string): Promise<Row> => at().service.row(entity, id, at().tenant),
  send: <T>(method: string, path: string): Promise<Answer<T>> =>
    at().service.send<T>(method, path, { headers: { 'X-Tenant-ID': at().tenant } }),
  tick: (): Promise<void> => at().service.app.get(UpkeepService).keepUp(at().tenant),
});

export const program = (id = 'p1') => ({ id, Name: 'HND' });
export const student = (id = 's1') => ({ id, Display_Name: 'Omar', Academic_Email: `${id}@c.example` });
export const courseClass = (id = 'c1', rest = {}) => ({ id, Class_Name: 'Programming', ...rest });
export const enrollment = (id = 'e1', rest = {}) => ({ id, Student: 's1', Class: 'c1', ...rest });
