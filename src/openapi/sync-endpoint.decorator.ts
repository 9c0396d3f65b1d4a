import { applyDecorators, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, type ResponseObject } from '@nestjs/swagger';
import type { Request } from 'express';
import type { EntityDefinition } from '../sync/fields';
import { NeedsScope, TakesWebhooks } from '../access/access.decorator';
import { answer, sharedExample } from './answer';
import { componentNames, pascal } from './component-names';
import { HistoryParameters, ListParameters, ReadParameters, RemoveParameters, SyncParameters } from './parameters';
import { problemsOf, REQUEST_ID_HEADER } from './problem-responses';
import { reportExamples } from './report-examples';
import { requestContent } from './request-examples';

/** `POST /v1/sync/{entity}`: takes records in. */
export const SyncEndpoint = (definition: EntityDefinition): MethodDecorator =>
  applyDecorators(
    Post(`v1/sync/${definition.plural}`),
    HttpCode(200),
    TakesWebhooks(),
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
export const ListEndpoint = (definition: EntityDefinition): MethodDecorator => {
  const { plural } = definition;
  const { page } = componentNames(definition);
  return applyDecorators(
    Get(`v1/${plural}`),
    NeedsScope('read'),
    ListParameters(definition),
    ApiOperation({
      operationId: `list${pascal(plural)}`,
      summary: `List ${plural}, a page at a time`,
      description: 'Rows are in the order of their creation, so that changes meanwhile neither hide nor repeat one.',
      responses: { 200: answer('A page of rows', page, { stored: sharedExample(page) }), ...problemsOf('list') },
    }),
  );
};

/** `GET /v1/{entity}/{zoho_id}`: one row. */
export const ReadEndpoint = (definition: EntityDefinition): MethodDecorator => {
  const { name, plural } = definition;
  const { stored, row, tombstone } = componentNames(definition);
  const examples = { stored: sharedExample(row), deleted: sharedExample(tombstone) };
  return applyDecorators(
    Get(`v1/${plural}/:zoho_id`),
    NeedsScope('read'),
    ReadParameters(definition),
    ApiOperation({
      operationId: `read${pascal(name)}`,
      summary: `Read one ${name}`,
      responses: { 200: answer('The row, or its tombstone', stored, examples), ...problemsOf('read') },
    }),
  );
};

/** `GET /v1/{entity}/{zoho_id}/history`: what has changed about one record. */
export const HistoryEndpoint = (definition: EntityDefinition): MethodDecorator => {
  const { name, plural } = definition;
  const { history } = componentNames(definition);
  return applyDecorators(
    Get(`v1/${plural}/:zoho_id/history`),
    NeedsScope('read'),
    HistoryParameters(definition),
    ApiOperation({
      operationId: `list${pascal(name)}Changes`,
      summary: `List what has changed about one ${name}, the newest first`,
      description:
        'The list is empty for a record that was never stored, and for one whose history is past its retention.',
      responses: {
        200: answer('A page of changes', history, { changes: sharedExample(history) }),
        ...problemsOf('history'),
      },
    }),
  );
};

/** `DELETE /v1/{entity}/{zoho_id}`: leaves a tombstone, or nothing. */
export const RemoveEndpoint = (definition: EntityDefinition): MethodDecorator => {
  const { name, plural } = definition;
  const { removal, deletion, erasure } = componentNames(definition);
  const examples = { deleted: sharedExample(deletion), erased: sharedExample(erasure) };
  return applyDecorators(
    Delete(`v1/${plural}/:zoho_id`),
    NeedsScope(scopeOfRemoval),
    RemoveParameters(definition),
    ApiOperation({
      operationId: `delete${pascal(name)}`,
      summary: `Delete one ${name}`,
      description:
        'The record becomes a tombstone: records that name it stay, new ones wait, and when Zoho sends it again it ' +
        'comes back. So does one that was never seen, and a late older version of it stays out. With `erase=true` the ' +
        'record is removed for good, with its history and what waits; with a person, all that belongs to that person. ' +
        'A key needs the scope `sync`, and `admin` to erase.',
      responses: { 200: answer('What became of it', removal, examples), ...problemsOf('remove') },
    }),
  );
};

/** To erase is for administrators, who are asked for it by whatever is not a clear no. */
const scopeOfRemoval = ({ query: { erase = 'false' } }: Request): 'sync' | 'admin' =>
  erase === 'false' || erase === '0' ? 'sync' : 'admin';

function syncAnswer(definition: EntityDefinition): ResponseObject {
  const described = answer('What became of each record', componentNames(definition).report, reportExamples(definition));
  const replayed = { 'Idempotent-Replayed': { $ref: '#/components/headers/IdempotentReplayed' } };
  return { ...described, headers: { ...REQUEST_ID_HEADER, ...replayed } };
}
