import { applyDecorators, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { NeedsScope } from '../access/access.decorator';
import { answer } from './answer';
import { SingleParameters } from './parameters';
import { problemsOf } from './problem-responses';
import { EXAMPLE_INSTANT } from './record-examples';
import { refTo } from './schema';

const STATUS = {
  enabled: true,
  layout: 'program-course',
  base_url: 'https://moodle.college.example',
  paused: null,
  pushes: { wanted: 0, pushed: 3120, waiting: 2, retrying: 0, failed: 1, held: 0, ignored: 0 },
};
const NOTE = 'Moodle is upgraded this afternoon';
const PAUSED = { ...STATUS, paused: { by: 'person', reason: 'paused', message: NOTE, since: EXAMPLE_INSTANT } };
const SITE = { name: 'College', url: 'https://moodle.college.example', release: '5.1 (Build: 20251006)' };
const FINE = { ok: true, layout: 'program-course', site: SITE, findings: [] };
const FINDING = {
  severity: 'error',
  code: 'functions_missing',
  message: 'The service lacks functions that this layout needs: core_group_create_groups. Add them in Moodle',
};

const read = (operationId: string, summary: string, value: object): MethodDecorator =>
  ApiOperation({
    operationId,
    summary,
    responses: { 200: answer('How it stands', 'PushStatus', { now: { value } }), ...problemsOf('profile') },
  });

/** `GET /v1/admin/moodle`: how the push stands for the tenant. */
export const ReadMoodleEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsScope('admin'),
    SingleParameters(),
    read('readMoodle', 'Tell how the push stands for the tenant', STATUS),
  );

/** `GET /v1/admin/moodle/check`: whether the site can be pushed to. */
export const CheckMoodleEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get('check'),
    NeedsScope('admin'),
    SingleParameters(),
    ApiOperation({
      operationId: 'checkMoodle',
      summary: 'Look whether the tenant’s Moodle can be pushed to, and change nothing there',
      responses: {
        200: answer('What was found', 'SiteReport', {
          fine: { value: FINE },
          missing: { value: { ...FINE, ok: false, findings: [FINDING] } },
        }),
        ...problemsOf('profile'),
      },
    }),
  );

/** `POST /v1/admin/moodle/pause`: nothing is pushed until somebody resumes. */
export const PauseMoodleEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post('pause'),
    HttpCode(200),
    NeedsScope('admin'),
    SingleParameters(),
    ApiOperation({
      operationId: 'pauseMoodle',
      summary: 'Push nothing for the tenant until it is resumed',
      requestBody: {
        required: true,
        content: { 'application/json': { schema: refTo('PushNote'), examples: { given: { value: { note: NOTE } } } } },
      },
      responses: {
        200: answer('How it stands', 'PushStatus', { paused: { value: PAUSED } }),
        ...problemsOf('profile'),
      },
    }),
  );

/** `POST /v1/admin/moodle/resume`: pushing goes on. */
export const ResumeMoodleEndpoint = (): MethodDecorator =>
  applyDecorators(
    Post('resume'),
    HttpCode(200),
    NeedsScope('admin'),
    SingleParameters(),
    read('resumeMoodle', 'Go on pushing for the tenant', STATUS),
  );
