/** A tenant's id, as in `X-Tenant-ID`: 1 to 64 characters. It also keeps the id safe to quote in a log line. */
export const TENANT_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
