import { applyDecorators, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { NeedsScope } from '../access/access.decorator';
import { STATUSES } from '../sync/outcome';
import { answer } from './answer';
import { exampleId } from './example-values';
import { ImportParameters, ImportReadParameters, ImportsParameters, RejectedParameters } from './parameters';
import { problemsOf } from './problem-responses';
import { EXAMPLE_INSTANT, EXAMPLE_RUN_ID, LATER_INSTANT } from './record-examples';

const counts = (some: Record<string, number>) => ({
  total: Object.values(some).reduce((sum, count) => sum + count, 0),
  ...Object.fromEntries(STATUSES.map((status) => [status, 0])),
  ...some,
});

const REJECTED = {
  record: 2,
  zoho_id: exampleId('student').replace(/1$/, '2'),
  status: 'INVALID',
  message: 'academic_email is required',
  errors: [{ field: 'academic_email', code: 'MANDATORY_NOT_FOUND', message: 'academic_email is required' }],
};

const REPORT = {
  status: 'success',
  tenant_id: 'default',
  import_id: EXAMPLE_RUN_ID,
  entity: 'students',
  resumed: false,
  summary: counts({ NEW: 1, INVALID: 1 }),
  released: 0,
  rejected: { total: 1, first: [REJECTED] },
};

const IMPORT = {
  import_id: EXAMPLE_RUN_ID,
  entity: 'students',
  state: 'finished',
  full: true,
  summary: counts({ NEW: 1, INVALID: 1 }),
  rejected: 1,
  released: 0,
  missing: { total: 3, deleted: 0, refusal: null },
  started_at: EXAMPLE_INSTANT,
  updated_at: LATER_INSTANT,
  finished_at: LATER_INSTANT,
};

const CSV = `id,Display_Name,Academic_Email\r\n${exampleId('student')},Omar Kaya,omar@college.example\r\n`;
const NDJSON = `{"id":"${exampleId('student')}","Display_Name":"Omar Kaya","Academic_Email":"omar@college.example"}\n`;

/** `POST /v1/import/{entity}`: takes a file in as a stream. */
export const ImportEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post('import/:entity'),
    HttpCode(200),
    NeedsScope('sync'),
    ImportParameters(),
    ApiOperation({
      operationId: 'importRecords',
      summary: 'Take a file of records in, of any length',
      description:
        'The body is read as it is applied, in portions of up to 1,000 records, each in a transaction of its own, and ' +
        'answered when all of it is done. One bad record never spoils the others. A body that is cut off is sent again: ' +
        'what is done is not done twice. `MAX_BODY_BYTES` does not count here; a record may have 1 MiB.',
      requestBody: {
        required: true,
        content: {
          'application/x-ndjson': {
            schema: { type: 'string', description: 'One JSON object a line, as Zoho has it.' },
            examples: { lines: { summary: 'One record a line', value: NDJSON } },
          },
          'text/csv': {
            schema: {
              type: 'string',
              description: "A header of Zoho's API names, and a row for each record. An empty cell is null.",
            },
            examples: { rows: { summary: 'A header and a row', value: CSV } },
          },
        },
      },
      responses: {
        200: answer('What became of the records', 'ImportReport', {
          imported: { value: REPORT },
          full: {
            value: {
              ...REPORT,
              missing: { total: 1, deleted: 1, refusal: null, first: [exampleId('student').replace(/1$/, '3')] },
            },
          },
          dryRun: { value: { ...REPORT, import_id: null, dry_run: true } },
        }),
        ...problemsOf('import'),
      },
    }),
  );

/** `GET /v1/imports`: which files were taken in, the newest first. */
export const ListImportsEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get('imports'),
    NeedsScope('read'),
    ImportsParameters(),
    ApiOperation({
      operationId: 'listImports',
      summary: 'List which files were taken in, the newest first',
      responses: {
        200: answer('A page of imports', 'ImportsPage', { last: { value: { data: [IMPORT], next_cursor: null } } }),
        ...problemsOf('list'),
      },
    }),
  );

/** `GET /v1/imports/{import_id}`: how far one has come. */
export const ReadImportEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get('imports/:import_id'),
    NeedsScope('read'),
    ImportReadParameters(),
    ApiOperation({
      operationId: 'readImport',
      summary: 'How far an import has come',
      description: 'Imports are kept for a while only.',
      responses: { 200: answer('The import', 'Import', { import: { value: IMPORT } }), ...problemsOf('single') },
    }),
  );

/** `GET /v1/imports/{import_id}/rejected`: which records are to be mended. */
export const ListRejectedEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get('imports/:import_id/rejected'),
    NeedsScope('read'),
    RejectedParameters(),
    ApiOperation({
      operationId: 'listRejected',
      summary: 'List which records of a file were rejected, and why',
      responses: {
        200: answer('A page of them', 'RejectedPage', { last: { value: { data: [REJECTED], next_cursor: null } } }),
        ...problemsOf('read'),
      },
    }),
  );
