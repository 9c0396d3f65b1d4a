/** Sealed text that does not open: damaged, of another tenant or field, or sealed by a key that is not in SECRET_KEYS. */
export class UnreadableSecret extends Error {
  /** @param why without a word of the content */
  constructor(tenantId: string, field: string, why: string) {
    super(`The secret ${field} of tenant ${tenantId} cannot be read: ${why}`);
  }
}
