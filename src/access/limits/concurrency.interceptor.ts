import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { bulkhead, BulkheadRejectedError, type BulkheadPolicy } from 'cockatiel';
import type { Request } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Environment } from '../../config/environment';
import { Problem } from '../../request/problem';
import { TenantDirectory } from '../../tenants/tenant-directory';

/** So many more may wait for their turn. They hold no more than a connection: bodies are read afterwards. */
const WAITING = 500;

/** Lets only so many requests of one tenant be worked on at once, so that it cannot take everything from the others. */
@Injectable()
export class ConcurrencyInterceptor implements NestInterceptor {
  private readonly turns = new Map<string, BulkheadPolicy>();

  constructor(
    private readonly environment: Environment,
    private readonly tenants: TenantDirectory,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { tenantId, isByOperator } = context.switchToHttp().getRequest<Request>();
    return tenantId === undefined || isByOperator
      ? next.handle()
      : from(this.inTurn(tenantId, () => lastValueFrom(next.handle())));
  }

  private async inTurn(tenantId: string, work: () => Promise<unknown>): Promise<unknown> {
    const tenant = await this.tenants.find(tenantId);
    const atOnce = tenant?.settings.concurrent_requests ?? this.environment.CONCURRENT_REQUESTS;
    const name = `${tenantId} ${atOnce}`;
    const turn = this.turns.get(name) ?? bulkhead(atOnce, WAITING);
    this.turns.set(name, turn);
    try {
      return await turn.execute(work);
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw new Problem(
        'TOO_MANY_AT_ONCE',
        `${atOnce} requests of this tenant are being worked on, and ${WAITING} wait`,
      );
    } finally {
      // Nobody is left in it: a tenant that is quiet costs nothing.
      if (turn.executionSlots === atOnce && this.turns.get(name) === turn) this.turns.delete(name);
    }
  }
}
