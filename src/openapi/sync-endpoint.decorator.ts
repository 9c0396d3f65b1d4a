import { applyDecorators, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, type ResponseObject } from '@nestjs/swagger';
import type { EntityDefinition } from '../sync/fields';
import { reportExamples } from './answer-examples';
import { componentNames, pascal } from './component-names';
import { ListParameters, ReadParameters, SyncParameters } from './parameters';
import { problemsOf, REQUEST_ID_HEADER } from './problem-responses';
import { requestContent } from './request-examples';
import { refTo } from './schema';

/** `POST /v1/sync/{entity}`: takes records in. */
export const SyncEndpoint = (definition: EntityDefinition): MethodDecorator =>
  applyDecorators(
    Post(`v1/sync/${definition.plural}`),
    HttpCode(200),
    SyncParameters(),
    ApiOperation({
      operationId: `sync${pascal(definition.plural)}`,
      summary: `Take ${definition.plural} in from Zoho's module ${definition.zohoModule}`,
      description:
        'Processed requests are 200 whatever became of their records: each has its own result, in the order in which ' +
        'the records came. One bad record never spoils the others.',
      requestBody: { required: true, content: requestContent(definition) },
      responses: { 200: syncAnswer(definition), ...problemsOf('sync') },
    }),
  );

/** `GET /v1/{entity}`: a page of rows. */
export const ListEndpoint = ({ name, plural }: EntityDefinition): MethodDecorator =>
  applyDecorators(
    Get(`v1/${plural}`),
    ListParameters(),
    ApiOperation({
      operationId: `list${pascal(plural)}`,
      summary: `List ${plural}, a page at a time`,
      description: 'Rows are in the order of their creation, so that changes meanwhile neither hide nor repeat one.',
      responses: {
        200: answer('A page of rows', componentNames({ name, plural }).page),
        ...problemsOf('list'),
      },
    }),
  );

/** `GET /v1/{entity}/{zoho_id}`: one row. */
export const ReadEndpoint = ({ name, plural }: EntityDefinition): MethodDecorator =>
  applyDecorators(
    Get(`v1/${plural}/:zoho_id`),
    ReadParameters(),
    ApiOperation({
      operationId: `read${pascal(name)}`,
      summary: `Read one ${name}`,
      responses: {
        200: answer('The row', componentNames({ name, plural }).row),
        ...problemsOf('read'),
      },
    }),
  );

function syncAnswer(definition: EntityDefinition): ResponseObject {
  return {
    description: 'What became of each record',
    headers: { ...REQUEST_ID_HEADER, 'Idempotent-Replayed': { $ref: '#/components/headers/IdempotentReplayed' } },
    content: {
      'application/json': { schema: refTo(componentNames(definition).report), examples: reportExamples(definition) },
    },
  };
}

/** The example has its schema's name. */
function answer(description: string, schema: string): ResponseObject {
  const examples = { stored: { $ref: `#/components/examples/${schema}` } };
  return {
    description,
    headers: REQUEST_ID_HEADER,
    content: { 'application/json': { schema: refTo(schema), examples } },
  };
}
