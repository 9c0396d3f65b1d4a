/** When a run began, from its id: the first 48 bits of a UUID version 7 are milliseconds since 1970. */
export const startOf = (runId: string): Date => new Date(Number.parseInt(runId.replaceAll('-', '').slice(0, 12), 16));
