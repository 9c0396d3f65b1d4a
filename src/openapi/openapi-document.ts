import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule, type TagObject } from '@nestjs/swagger';
import { bodySchemas } from './body-schemas';
import { type DescribedEntity, describedEntities } from './described-entities';
import { DEFERRED_SCHEMAS } from './deferred-schemas';
import { HEALTH_SCHEMAS } from './health-endpoint.decorator';
import { historySchemas } from './history-schemas';
import { IMPORT_SCHEMAS } from './import-schemas';
import { PROBLEM_SCHEMAS, problemResponses } from './problem-responses';
import { PROFILE_SCHEMAS } from './profile-schemas';
import { PUSH_SCHEMAS } from './push-schemas';
import { recordAnswerExamples } from './record-answer-examples';
import { removalSchemas } from './removal-schemas';
import { reportSchemas, SHARED_REPORT_SCHEMAS } from './report-schemas';
import { rowSchemas } from './row-schemas';
import { RUN_SCHEMAS } from './run-schemas';
import { SECURITY_SCHEMES } from './security-schemes';
import { ADMIN_SCHEMAS } from './admin-schemas';

export const TITLE = 'Zoho CRM to Moodle sync';

const DESCRIPTION = `Takes records of Zoho CRM in, says what became of each, and reads them back.

Errors are RFC 9457 problem details with a stable \`code\`. Every answer has \`X-Request-Id\`, which is also in the log.
Unknown addresses are 404 \`NOT_FOUND\`.

Callers bring a key, as \`Authorization: Bearer\` or \`X-API-Key\`; webhooks may be signed in its place. Where the
service runs with \`AUTHENTICATION=none\`, as it does for development, neither is asked for.`;

const HEADERS = {
  XRequestId: { description: 'The id under which the log knows the request.', schema: { type: 'string' } },
  RetryAfter: { description: 'Seconds after which to try again.', schema: { type: 'integer', minimum: 0 } },
  IdempotentReplayed: {
    description: 'Present when this is the answer that the same request was given before.',
    schema: { type: 'string', enum: ['true'] },
  },
};

const SHARED_SCHEMAS = [
  SHARED_REPORT_SCHEMAS,
  RUN_SCHEMAS,
  IMPORT_SCHEMAS,
  DEFERRED_SCHEMAS,
  PROFILE_SCHEMAS,
  PUSH_SCHEMAS,
  ADMIN_SCHEMAS,
  HEALTH_SCHEMAS,
  PROBLEM_SCHEMAS,
];

/** The whole document: the routes as their decorators describe them, and the parts that these point to. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const entities = describedEntities(app);
  const document = SwaggerModule.createDocument(app, base(), { autoTagControllers: false });
  return { ...document, tags: tags(entities), components: components(entities) };
}

function base(): Omit<OpenAPIObject, 'paths'> {
  const license = { name: 'All rights reserved', identifier: 'LicenseRef-All-Rights-Reserved' };
  return {
    openapi: '3.1.0',
    info: { title: TITLE, description: DESCRIPTION, version: '1', license },
    servers: [{ url: '/', description: 'The service that answers this document' }],
    security: [],
  };
}

function components(entities: readonly DescribedEntity[]): NonNullable<OpenAPIObject['components']> {
  const ofEntities = entities.map((entity) => ({
    ...bodySchemas(entity.definition),
    ...reportSchemas(entity.definition),
    ...rowSchemas(entity),
    ...historySchemas(entity.definition),
    ...removalSchemas(entity.definition),
  }));
  return {
    schemas: Object.assign({}, ...ofEntities, ...SHARED_SCHEMAS),
    responses: problemResponses(),
    securitySchemes: SECURITY_SCHEMES,
    headers: HEADERS,
    examples: Object.assign({}, ...entities.map(recordAnswerExamples)),
  };
}

const tags = (entities: readonly DescribedEntity[]): TagObject[] => [
  ...entities.map(({ definition: { plural, zohoModule } }) => ({
    name: plural,
    description: `Records of Zoho CRM's module ${zohoModule}.`,
  })),
  { name: 'runs', description: 'What came, and what became of each record.' },
  { name: 'imports', description: 'Files that were taken in, and what became of them.' },
  { name: 'deferred', description: 'Records that wait for others, or could not be stored.' },
  { name: 'pushes', description: 'How everything stands that is kept in Moodle.' },
  { name: 'profiles', description: 'What tenants’ Zoho calls things, and how it spells them.' },
  { name: 'tenants', description: 'Who is served, and how.' },
  { name: 'keys', description: 'What lets callers in.' },
  { name: 'audit', description: 'Who has changed what.' },
  { name: 'health', description: 'For whoever watches over the service.' },
  { name: 'metrics', description: 'What the service counts, for Prometheus.' },
];
