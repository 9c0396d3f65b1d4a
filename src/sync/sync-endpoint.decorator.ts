import { applyDecorators, Get, HttpCode, Post } from '@nestjs/common';
import { ApiConsumes, ApiHeader, ApiOperation, ApiQuery } from '@nestjs/swagger';
import type { EntityDefinition } from './fields';

const TenantHeader = (): MethodDecorator =>
  ApiHeader({ name: 'X-Tenant-ID', required: false, description: 'The tenant; absent: the default one' });

/** `POST /v1/sync/{entity}`: takes records in. */
export const SyncEndpoint = ({ plural, zohoModule }: EntityDefinition): MethodDecorator =>
  applyDecorators(
    Post(`v1/sync/${plural}`),
    HttpCode(200),
    TenantHeader(),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Shown in the answer; absent: the MD5 of the body',
    }),
    ApiQuery({
      name: 'dryRun',
      required: false,
      type: Boolean,
      description: 'Answer what would happen, and write nothing',
    }),
    ApiConsumes('application/json', 'text/plain', 'application/x-www-form-urlencoded'),
    ApiOperation({ summary: `Take ${plural} in from Zoho's module ${zohoModule}` }),
  );

/** `GET /v1/{entity}`: a page of rows. */
export const ListEndpoint = ({ plural }: EntityDefinition): MethodDecorator =>
  applyDecorators(Get(`v1/${plural}`), TenantHeader(), ApiOperation({ summary: `List ${plural}, a page at a time` }));

/** `GET /v1/{entity}/{zoho_id}`: one row. */
export const ReadEndpoint = ({ plural, name }: EntityDefinition): MethodDecorator =>
  applyDecorators(Get(`v1/${plural}/:zoho_id`), TenantHeader(), ApiOperation({ summary: `Read one ${name}` }));
