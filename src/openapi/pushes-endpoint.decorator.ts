import { applyDecorators, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { NeedsScope } from '../access/access.decorator';
import { answer } from './answer';
import { exampleId } from './example-values';
import { PushesParameters, PushFilterParameters, PushParameters } from './parameters';
import { problemsOf } from './problem-responses';
import { EXAMPLE_INSTANT, EXAMPLE_RUN_ID, LATER_INSTANT } from './record-examples';
import { refTo } from './schema';

const FAILED = {
  push_id: EXAMPLE_RUN_ID,
  kind: 'user',
  entity: 'students',
  zoho_id: exampleId('student'),
  within: [],
  moodle_id: null,
  state: 'failed',
  reason: 'conflict',
  message: 'Users 41, 42 of Moodle could be this person, or belong to another record.',
  pushed_at: null,
  is_active: false,
  attempts: 1,
  next_try_at: null,
  changed_at: EXAMPLE_INSTANT,
  note: null,
};
const WANTED = { ...FAILED, state: 'wanted', attempts: 0, next_try_at: LATER_INSTANT, changed_at: LATER_INSTANT };
const NOTE = 'Left the college; the account is kept by hand';
const IGNORED = { ...FAILED, state: 'ignored', note: NOTE, changed_at: LATER_INSTANT };

/** `GET /v1/admin/pushes`: how everything stands that is kept in Moodle. */
export const ListPushesEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsScope('admin'),
    PushesParameters(),
    ApiOperation({
      operationId: 'listPushes',
      summary: 'List how everything stands that is kept in Moodle',
      responses: {
        200: answer('A page of pushes', 'PushPage', { last: { value: { data: [FAILED], next_cursor: null } } }),
        ...problemsOf('list'),
      },
    }),
  );

/** `POST /v1/admin/pushes/retry`: tries many at once. */
export const RetryPushesEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post('retry'),
    HttpCode(200),
    NeedsScope('admin'),
    PushFilterParameters(),
    ApiOperation({
      operationId: 'retryPushes',
      summary: 'Try at once all that is not pushed and matches',
      description:
        'With `state=pushed`, all that is pushed is looked up in Moodle again and put right there: after a restore of either side.',
      responses: {
        200: answer('How many are tried', 'RetriedPushes', { some: { value: { retried: 12 } } }),
        ...problemsOf('profile'),
      },
    }),
  );

/** `POST /v1/admin/pushes/{push_id}/retry`: tries one at once. */
export const RetryPushEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post(':push_id/retry'),
    HttpCode(200),
    NeedsScope('admin'),
    PushParameters(),
    ApiOperation({
      operationId: 'retryPush',
      summary: 'Try one at once, also one that is ignored',
      responses: {
        200: answer('It is wanted', 'Push', { wanted: { value: WANTED } }),
        ...problemsOf('profile'),
      },
    }),
  );

/** `POST /v1/admin/pushes/{push_id}/ignore`: leaves one alone. */
export const IgnorePushEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post(':push_id/ignore'),
    HttpCode(200),
    NeedsScope('admin'),
    PushParameters(),
    ApiOperation({
      operationId: 'ignorePush',
      summary: 'Leave one alone, whatever changes, until it is retried',
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: refTo('PushNote'), examples: { given: { value: { note: NOTE } } } },
        },
      },
      responses: {
        200: answer('It is ignored', 'Push', { ignored: { value: IGNORED } }),
        ...problemsOf('profile'),
      },
    }),
  );
