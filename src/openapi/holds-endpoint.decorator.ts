import { applyDecorators, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { NeedsScope } from '../access/access.decorator';
import { answer } from './answer';
import { HoldParameters, HoldsParameters } from './parameters';
import { problemsOf } from './problem-responses';
import { EXAMPLE_INSTANT, EXAMPLE_RUN_ID, LATER_INSTANT } from './record-examples';
import { refTo } from './schema';

const OPEN = {
  hold_id: EXAMPLE_RUN_ID,
  state: 'open',
  size: 312,
  kinds: { user: 300, enrolment: 12 },
  created_at: EXAMPLE_INSTANT,
  expires_at: LATER_INSTANT,
  decided_at: null,
  note: null,
};
const NOTE = 'The class of 2025 has graduated';
const decided = (state: string) => ({ ...OPEN, state, kinds: {}, decided_at: EXAMPLE_INSTANT, note: NOTE });

/** `GET /v1/admin/holds`: what waits for approval, and what was decided. */
export const ListHoldsEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsScope('admin'),
    HoldsParameters(),
    ApiOperation({
      operationId: 'listHolds',
      summary: 'List suspensions that were too many at once, and wait for approval',
      responses: {
        200: answer('A page of holds, the newest first', 'HoldPage', {
          last: { value: { data: [OPEN], next_cursor: null } },
        }),
        ...problemsOf('list'),
      },
    }),
  );

const decide = (verb: 'approve' | 'reject', state: string, summary: string): MethodDecorator =>
  applyDecorators(
    Post(`:hold_id/${verb}`),
    HttpCode(200),
    NeedsScope('admin'),
    HoldParameters(),
    ApiOperation({
      operationId: `${verb}Hold`,
      summary,
      requestBody: {
        required: true,
        content: { 'application/json': { schema: refTo('PushNote'), examples: { given: { value: { note: NOTE } } } } },
      },
      responses: {
        200: answer('The hold as decided', 'Hold', { decided: { value: decided(state) } }),
        ...problemsOf('profile'),
      },
    }),
  );

/** `POST /v1/admin/holds/{hold_id}/approve`: what is held goes on. */
export const ApproveHoldEndpoint = (): MethodDecorator => decide('approve', 'approved', 'Let what is held back go on');

/** `POST /v1/admin/holds/{hold_id}/reject`: what is held stays as it is in Moodle. */
export const RejectHoldEndpoint = (): MethodDecorator =>
  decide('reject', 'rejected', 'Leave what is held back as it is in Moodle, until its records change');
