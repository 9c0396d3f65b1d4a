import { applyDecorators, Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { NeedsScope } from '../access/access.decorator';
import { answer } from './answer';
import { AuditParameters } from './parameters';
import { problemsOf } from './problem-responses';
import { EXAMPLE_INSTANT, EXAMPLE_RUN_ID } from './record-examples';

const ENTRY = {
  audit_id: EXAMPLE_RUN_ID,
  tenant_id: 'your-college',
  at: EXAMPLE_INSTANT,
  actor: 'key 5f0c9a4e2f0b (registrar)',
  act: 'moodle.paused',
  subject: 'moodle',
  before: null,
  after: { by: 'person', reason: 'paused', note: 'Moodle is upgraded this afternoon' },
  request_id: '5f0c9a4e-2f0b-4b52-9f0a-0c1de6a4b7d3',
};

/** `GET /v1/admin/audit`: who has changed what. */
export const ListAuditEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsScope('admin'),
    AuditParameters(),
    ApiOperation({
      operationId: 'listAudit',
      summary: 'List what administrators have done, the newest first',
      responses: {
        200: answer('A page of acts', 'AuditPage', { last: { value: { data: [ENTRY], next_cursor: null } } }),
        ...problemsOf('list'),
      },
    }),
  );
