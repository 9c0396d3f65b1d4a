import { Controller, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CreateKeyEndpoint,
  ListKeysEndpoint,
  RevokeKeyEndpoint,
  RotateKeyEndpoint,
} from '../openapi/keys-endpoint.decorator';
import { type Administrator, ByAdministrator } from '../request/caller.decorator';
import { JsonBody } from '../request/json-body.decorator';
import { CursorQuery } from '../request/page-query.dto';
import type { PageOf } from '../sync/cursor';
import { KeysService, type KeyView, type MadeKeyView } from './keys.service';

/** What lets callers in. */
@ApiTags('keys')
@Controller('v1/admin/keys')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @ListKeysEndpoint()
  list(@ByAdministrator() by: Administrator, @Query() query: CursorQuery): Promise<PageOf<KeyView>> {
    return this.keys.findPage(by, query);
  }

  @CreateKeyEndpoint()
  create(@ByAdministrator() by: Administrator, @JsonBody() body: unknown): Promise<MadeKeyView> {
    return this.keys.create(by, body);
  }

  @RotateKeyEndpoint()
  rotate(
    @ByAdministrator() by: Administrator,
    @Param('key_id') id: string,
    @JsonBody() body: unknown,
  ): Promise<MadeKeyView> {
    return this.keys.rotate(by, id, body);
  }

  @RevokeKeyEndpoint()
  revoke(@ByAdministrator() by: Administrator, @Param('key_id') id: string): Promise<KeyView> {
    return this.keys.revoke(by, id);
  }
}
