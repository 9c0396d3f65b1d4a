import 'reflect-metadata';
import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiTags } from '@nestjs/swagger';
import { openApiDocument } from '../src/openapi/openapi-document';
import { ListEndpoint, ReadEndpoint, SyncEndpoint } from '../src/openapi/sync-endpoint.decorator';
import { ProgramEntity } from '../src/records/programs/program.entity';
import { date, defineEntity, email, money, reference, text } from '../src/sync/fields';
import { RecordMapper } from '../src/sync/record-mapper';
import { ApiDescription, type ApiDocument } from './support/api-description';

const term = defineEntity({
  name: 'exam_term',
  plural: 'exam_terms',
  zohoModule: 'Exam_Terms',
  idAliases: ['id'],
  fields: {
    title: text('Title').mandatory(),
    contact: email('Contact'),
    starts: date('Starts'),
    fee: money('Fee'),
    program: reference(() => ProgramEntity, 'Program'),
  },
});

@Injectable()
class TermsMapper extends RecordMapper {
  constructor() {
    super(term, [{ name: 'short_title', type: 'text' }]);
  }

  protected override derive() {
    return { short_title: 'First' };
  }
}

@ApiTags(term.plural)
@Controller()
class TermsController {
  @SyncEndpoint(term)
  sync(): void {}

  @ListEndpoint(term)
  list(): void {}

  @ReadEndpoint(term)
  read(): void {}
}

@Module({ controllers: [TermsController], providers: [TermsMapper] })
class TermsModule {}

it('an entity that the document knows nothing of is described by its field table', async () => {
  const app = await NestFactory.create(TermsModule, { preview: true, logger: false });
  const document = JSON.parse(JSON.stringify(openApiDocument(app))) as ApiDocument;
  const api = new ApiDescription(document);
  expect(api.operations.map(({ operation }) => operation.operationId).toSorted()).toEqual([
    'listExamTerms',
    'readExamTerm',
    'syncExamTerms',
  ]);
  expect(document.components.schemas['ExamTermRow']).toMatchObject({
    properties: {
      title: { type: 'string' },
      starts: { type: ['string', 'null'], format: 'date' },
      fee: { type: ['string', 'null'] },
      program: { type: ['string', 'null'] },
      short_title: { type: ['string', 'null'] },
    },
  });
  expect(document.components.schemas['ExamTermChanges']).toMatchObject({
    properties: { fee: { $ref: '#/components/schemas/DecimalChange' } },
  });
  expect(document.components.schemas['ExamTermNew']).toMatchObject({
    properties: { zoho_exam_term_id: { type: 'string' }, status: { const: 'NEW' } },
  });
  expect(api.exampleFaults()).toEqual([]);
  expect(api.exampleRequests().length).toBeGreaterThanOrEqual(11);
});
