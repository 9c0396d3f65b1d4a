/** `sync`: send records, delete them, try again what waits · `read`: read back · `admin`: everything under `/v1/admin`, and erase */
export const SCOPES = ['sync', 'read', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
