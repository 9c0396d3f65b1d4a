import { applyDecorators, Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { STATUSES } from '../sync/outcome';
import { NeedsScope } from '../access/access.decorator';
import { answer } from './answer';
import { exampleId } from './example-values';
import { RunParameters, RunsParameters } from './parameters';
import { problemsOf } from './problem-responses';
import { EXAMPLE_INSTANT, EXAMPLE_RUN_ID } from './record-examples';

const RUN = {
  run_id: EXAMPLE_RUN_ID,
  kind: 'sync',
  entity: 'students',
  received_at: EXAMPLE_INSTANT,
  request_id: '5f0c9a4e-2f0b-4b52-9f0a-0c1de6a4b7d3',
  idempotency_key: '9a0364b9e99bb480dd25e1f0284c8555',
  source: null,
  import_id: null,
  summary: { total: 3, ...Object.fromEntries(STATUSES.map((status) => [status, 0])), NEW: 1, UNCHANGED: 1, SKIPPED: 1 },
  released: 0,
};

const [NEW, WAITING, PROGRAM] = [exampleId('student'), exampleId('student').replace(/1$/, '2'), exampleId('program')];

const RESULTS = [
  { zoho_id: NEW, status: 'NEW', message: 'Student created' },
  {
    zoho_id: WAITING,
    status: 'SKIPPED',
    message: `Student waits for program ${PROGRAM}, and is applied by itself when that is stored`,
    missing: [{ field: 'program', zoho_id: PROGRAM, reason: 'program_not_synced_yet' }],
  },
];

/** `GET /v1/runs`: what came, the newest first. */
export const ListRunsEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsScope('read'),
    RunsParameters(),
    ApiOperation({
      operationId: 'listRuns',
      summary: 'List what came, the newest first',
      responses: {
        200: answer('A page of runs', 'RunsPage', { last: { value: { data: [RUN], next_cursor: null } } }),
        ...problemsOf('list'),
      },
    }),
  );

/** `GET /v1/runs/{run_id}`: what became of each record. */
export const ReadRunEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(':run_id'),
    NeedsScope('read'),
    RunParameters(),
    ApiOperation({
      operationId: 'readRun',
      summary: 'What became of each record of a run',
      description: 'Runs are kept for a while only.',
      responses: {
        200: answer('The run', 'RunDetails', { run: { value: { ...RUN, results: RESULTS } } }),
        ...problemsOf('single'),
      },
    }),
  );
