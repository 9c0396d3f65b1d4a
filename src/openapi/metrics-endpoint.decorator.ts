import { applyDecorators, Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { NeedsOperator } from '../access/access.decorator';
import { HealthParameters } from './parameters';
import { problemsOf, REQUEST_ID_HEADER } from './problem-responses';

const EXAMPLE = `# HELP moodle_call_items_total How many items were sent to Moodle, or asked for
# TYPE moodle_call_items_total counter
moodle_call_items_total{function="core_user_create_users",outcome="ok"} 50
`;

/** `GET /metrics`: what the service counts, for Prometheus. */
export const MetricsEndpoint = (): MethodDecorator =>
  applyDecorators(
    Get(),
    NeedsOperator('read'),
    HealthParameters(),
    ApiOperation({
      operationId: 'readMetrics',
      summary: 'What the service counts',
      responses: {
        200: {
          description: "In Prometheus' text format",
          headers: REQUEST_ID_HEADER,
          content: { 'text/plain': { schema: { type: 'string' }, examples: { counted: { value: EXAMPLE } } } },
        },
        ...problemsOf('service'),
      },
    }),
  );
