import type { ExampleObject, ReferenceObject, ResponseObject } from '@nestjs/swagger';
import { REQUEST_ID_HEADER } from './problem-responses';
import { refTo } from './schema';

type Examples = Record<string, ExampleObject | ReferenceObject>;

/** An answer in JSON. */
export const answer = (description: string, schema: string, examples: Examples): ResponseObject => ({
  description,
  headers: REQUEST_ID_HEADER,
  content: { 'application/json': { schema: refTo(schema), examples } },
});

/** An example that stands among the components. */
export const sharedExample = (name: string): ReferenceObject => ({ $ref: `#/components/examples/${name}` });
