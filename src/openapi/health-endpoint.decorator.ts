import { applyDecorators, Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { Open } from '../access/access.decorator';
import { answer } from './answer';
import { HealthParameters } from './parameters';
import { problemsOf } from './problem-responses';
import { objectOf, type Schema, type Schemas } from './schema';

const PART: Schema = { type: 'string', enum: ['ok', 'unavailable'] };

export const HEALTH_SCHEMAS: Schemas = {
  Alive: objectOf({ status: { type: 'string', const: 'ok' } }),
  Readiness: readiness({ type: 'string', enum: ['ok', 'degraded'] }, PART),
  Unreadiness: readiness({ type: 'string', enum: ['unavailable', 'stopping'] }, PART),
};

function readiness(status: Schema, database: Schema): Schema {
  const cache: Schema = { ...PART, description: 'Only when Redis is configured.' };
  return objectOf({ status, parts: objectOf({ database, cache }, ['cache']) });
}

/** `GET /v1/health`: whether the process is alive. */
export const AliveEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    Open(),
    HealthParameters(),
    ApiOperation({
      operationId: 'readHealth',
      security: [],
      summary: 'Whether the process is alive',
      responses: { 200: answer('It is', 'Alive', { alive: { value: { status: 'ok' } } }), ...problemsOf('health') },
    }),
  );

/** `GET /v1/health/ready`: whether the service can work, part by part. */
export const ReadyEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get('ready'),
    Open(),
    HealthParameters(),
    ApiOperation({
      operationId: 'readReadiness',
      security: [],
      summary: 'Whether the service can work, part by part',
      responses: {
        200: answer('It can; `degraded` when Redis is away, and repeated requests are processed anew', 'Readiness', {
          ok: { value: { status: 'ok', parts: { database: 'ok' } } },
          degraded: { value: { status: 'degraded', parts: { database: 'ok', cache: 'unavailable' } } },
        }),
        ...problemsOf('health'),
        503: answer('It cannot: the database is away. Or requests shall go elsewhere, as it is to end', 'Unreadiness', {
          unavailable: { value: { status: 'unavailable', parts: { database: 'unavailable' } } },
          stopping: { value: { status: 'stopping', parts: { database: 'ok' } } },
        }),
      },
    }),
  );
