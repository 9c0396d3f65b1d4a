import { applyDecorators, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { NeedsScope } from '../access/access.decorator';
import { answer } from './answer';
import { exampleId } from './example-values';
import { DeferredParameters, DeferredRecordParameters } from './parameters';
import { problemsOf, REQUEST_ID_HEADER } from './problem-responses';
import { EXAMPLE_INSTANT, EXAMPLE_RUN_ID, EXAMPLE_VERSION } from './record-examples';

const WAITING = {
  entity: 'students',
  zoho_id: exampleId('student'),
  state: 'waiting',
  missing: [{ field: 'program', zoho_id: exampleId('program'), reason: 'program_not_synced_yet' }],
  errors: [],
  version: EXAMPLE_VERSION,
  run_id: EXAMPLE_RUN_ID,
  since: EXAMPLE_INSTANT,
  updated_at: EXAMPLE_INSTANT,
  attempts: 0,
  next_try_at: null,
};

/** `GET /v1/deferred`: what waits, for what, and since when. */
export const ListDeferredEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsScope('read'),
    DeferredParameters(),
    ApiOperation({
      operationId: 'listDeferred',
      summary: 'List what waits, for what, and since when',
      responses: {
        200: answer('A page of what waits', 'DeferredPage', {
          last: { value: { data: [WAITING], next_cursor: null } },
        }),
        ...problemsOf('list'),
      },
    }),
  );

/** `DELETE /v1/deferred/{entity}/{zoho_id}`: gives up what waits. */
export const DiscardDeferredEndpoint = (): MethodDecorator =>
  applyDecorators(
    Delete(':entity/:zoho_id'),
    HttpCode(204),
    NeedsScope('sync'),
    DeferredRecordParameters(),
    ApiOperation({
      operationId: 'discardDeferred',
      summary: 'Give up what waits under one id',
      description: 'What is stored under the id stays as it is.',
      responses: { 204: { description: 'It is given up', headers: REQUEST_ID_HEADER }, ...problemsOf('single') },
    }),
  );

/** `POST /v1/deferred/{entity}/{zoho_id}/retry`: tries at once. */
export const RetryDeferredEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post(':entity/:zoho_id/retry'),
    HttpCode(200),
    NeedsScope('sync'),
    DeferredRecordParameters(),
    ApiOperation({
      operationId: 'retryDeferred',
      summary: 'Try at once to apply what waits under one id',
      responses: {
        200: answer('What came of it', 'Retried', {
          applied: { value: { run_id: EXAMPLE_RUN_ID, released: 1, deferred: null } },
          waiting: { value: { run_id: EXAMPLE_RUN_ID, released: 0, deferred: WAITING } },
        }),
        ...problemsOf('single'),
      },
    }),
  );
