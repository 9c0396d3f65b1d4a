import { applyDecorators, Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  HistoryEndpoint,
  ListEndpoint,
  ReadEndpoint,
  RemoveEndpoint,
  SyncEndpoint,
} from '../openapi/sync-endpoint.decorator';
import { By, type Caller } from '../request/caller.decorator';
import { CursorQuery, ExpandQuery, PageQuery, RemovalQuery } from '../request/page-query.dto';
import { Call } from '../request/sync-call.decorator';
import { Tenant } from '../request/tenant.decorator';
import type { PageOf } from '../sync/cursor';
import type { EntityDefinition } from '../sync/fields';
import type { ChangeView } from '../sync/history/history-reader';
import type { ErasureReport, Removal } from '../sync/removal/removal.service';
import type { Page } from '../sync/row-reader';
import type { StoredView } from '../sync/row-view';
import type { SyncAnswer } from '../sync/sync-answer';
import type { SyncCall } from '../sync/sync-call';
import type { SyncedService } from '../sync/synced.service';

/** The routes that every entity has. Where they are, and what is said of them, follows from its declaration. */
export abstract class SyncedController {
  protected constructor(private readonly records: SyncedService) {}

  sync(@Call() call: SyncCall): Promise<SyncAnswer> {
    return this.records.sync(call);
  }

  list(@Tenant() tenantId: string, @Query() query: PageQuery): Promise<Page> {
    return this.records.list(tenantId, query);
  }

  read(@Tenant() tenantId: string, @Param('zoho_id') zohoId: string, @Query() query: ExpandQuery): Promise<StoredView> {
    return this.records.read(tenantId, zohoId, query.expand);
  }

  history(
    @Tenant() tenantId: string,
    @Param('zoho_id') zohoId: string,
    @Query() query: CursorQuery,
  ): Promise<PageOf<ChangeView>> {
    return this.records.history(tenantId, zohoId, query);
  }

  remove(
    @By() caller: Caller,
    @Param('zoho_id') zohoId: string,
    @Query() { erase, dryRun }: RemovalQuery,
  ): Promise<Removal | ErasureReport> {
    return this.records.remove({ ...caller, zohoId, erase, dryRun });
  }
}

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

/** Makes a controller of the entity: its own copy of each route, at the entity's addresses. */
export function EntityController(definition: EntityDefinition): ClassDecorator {
  const routes: Record<keyof SyncedController, MethodDecorator> = {
    sync: SyncEndpoint(definition),
    list: ListEndpoint(definition),
    read: ReadEndpoint(definition),
    history: HistoryEndpoint(definition),
    remove: RemoveEndpoint(definition),
  };
  return (controller) => {
    const prototype = controller.prototype as Record<string, Method>;
    for (const [name, decorate] of Object.entries(routes)) {
      const inherited = prototype[name];
      // Nest keeps a route on the function itself, which the entities must therefore not share.
      const value: Method = function (...parameters) {
        return inherited?.apply(this, parameters);
      };
      Object.defineProperty(prototype, name, { value, configurable: true });
      decorate(prototype, name, { value });
    }
    applyDecorators(ApiTags(definition.plural), Controller())(controller);
  };
}
