import { Injectable } from '@nestjs/common';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import type { Request, Response } from 'express';
import { Environment } from '../config/environment';
import type { Caller } from '../request/caller.decorator';
import { Problem } from '../request/problem';
import { liftDeadline } from '../request/request-deadline';
import { bytesOf, formatOf } from './import-body';
import type { ImportQuery } from './import-query.dto';
import type { ImportReport } from './import-report';
import { ImportService } from './import.service';

/** Imports that a process works on at once, and of one tenant: each takes some memory and a connection, and takes long. */
const AT_ONCE = 8;
const OF_A_TENANT = 2;

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** Takes files in that come as the bodies of requests. */
@Injectable()
export class ImportRequests {
  private readonly turns = bulkhead(AT_ONCE);
  private readonly ofTenants = new Map<string, number>();

  constructor(
    private readonly imports: ImportService,
    private readonly environment: Environment,
  ) {}

  /** @throws Problem */
  async take(caller: Caller, entity: string, query: ImportQuery, request: Request, response: Response) {
    try {
      return await this.turns.execute(() => this.inTurn(caller, () => this.read(caller, entity, query, request)));
    } catch (error) {
      // What of the body has not been read is not waited for.
      if (!request.complete && !response.headersSent) response.setHeader('Connection', 'close');
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new Problem('TOO_MANY_AT_ONCE', `${AT_ONCE} imports are being worked on`);
    }
  }

  private async inTurn<T>({ tenantId }: Caller, work: () => Promise<T>): Promise<T> {
    const others = this.ofTenants.get(tenantId) ?? 0;
    if (others >= OF_A_TENANT)
      throw new Problem('TOO_MANY_AT_ONCE', `${OF_A_TENANT} imports of this tenant are being worked on`);
    this.ofTenants.set(tenantId, others + 1);
    try {
      return await work();
    } finally {
      const left = (this.ofTenants.get(tenantId) ?? 1) - 1;
      if (left > 0) this.ofTenants.set(tenantId, left);
      else this.ofTenants.delete(tenantId);
    }
  }

  private read(
    { tenantId, requestId }: Caller,
    entity: string,
    { dryRun, full, deleteMissing, restart }: ImportQuery,
    request: Request,
  ): Promise<ImportReport> {
    if (deleteMissing !== undefined && !full)
      throw new Problem('PARAMETER_INVALID', 'deleteMissing is for a body that is full', {
        errors: [{ field: 'deleteMissing', code: 'INVALID_DATA', message: 'deleteMissing is for a body that is full' }],
      });
    const [key, format] = [keyOf(request), formatOf(request)];
    liftDeadline(request);
    const bytes = bytesOf(request, this.environment.BODY_TIMEOUT_SECONDS);
    const order = { tenantId, requestId, entity, bytes, format, key, dryRun, full, restart };
    return this.imports.run({ ...order, deleteMissing: deleteMissing ?? null });
  }
}

/** What an unfinished import is found by, when the caller names it. */
function keyOf(request: Request): string | null {
  const key = request.get('idempotency-key') ?? request.get('x-idempotency-key') ?? null;
  if (key === null || PRINTABLE.test(key)) return key;
  throw new Problem('IDEMPOTENCY_KEY_MALFORMED', 'Idempotency-Key must be 1 to 255 printable ASCII characters');
}
