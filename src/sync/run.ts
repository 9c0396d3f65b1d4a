import { uuidv7 } from 'uuidv7';

/** What set a run off. */
export type RunKind = 'sync' | 'import' | 'delete' | 'retry' | 'sweep';

/** One sync request, or one piece of work that the service does by itself. */
export interface Run {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: RunKind;
  /** ISO instant */
  readonly receivedAt: string;
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  /** what the body says of where it comes from */
  readonly source: string | null;
  /** the import that it is a portion of */
  readonly importId: string | null;
}

type Origin = Pick<Run, 'requestId' | 'idempotencyKey' | 'source' | 'importId'>;

/** A run that begins now. What nobody asked for has no origin. */
export const newRun = (tenantId: string, kind: RunKind, origin: Partial<Origin> = {}, now = new Date()): Run => ({
  id: uuidv7(),
  tenantId,
  kind,
  receivedAt: now.toISOString(),
  requestId: null,
  idempotencyKey: null,
  source: null,
  importId: null,
  ...origin,
});
