/** A sync request as it came in. */
export interface SyncCall {
  readonly tenantId: string;
  /** the caller's own key, else the MD5 of the body */
  readonly idempotencyKey: string;
  readonly requestId: string;
  /** answer what would happen, and write nothing */
  readonly dryRun: boolean;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}
