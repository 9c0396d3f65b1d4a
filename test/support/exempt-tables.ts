/**
 * The tables whose rows are of no tenant, and which have no policy for that reason. Every other table in the database is
 * its tenants'.
 */
export const EXEMPT_TABLES: ReadonlyMap<string, string> = new Map([
  ['public.migrations', 'what has been done to the schema'],
  ['public.tenant', 'the list of tenants itself, by which their work is gone through one by one'],
  ['public.api_key', 'hashes of keys, which tell whose request it is: looked up before a tenant is known'],
  ['public.request_rate', 'how many requests somebody has made: counts under ids, and nothing of a record'],
]);

/** Schemas of libraries, whose tables hold no more of a tenant than its id. */
export const EXEMPT_SCHEMAS: ReadonlyMap<string, string> = new Map([
  ['queue', 'jobs of pg-boss: that there is something to push for a tenant'],
]);
