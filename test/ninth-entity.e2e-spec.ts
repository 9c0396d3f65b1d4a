import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Controller, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ApiTags } from '@nestjs/swagger';
import ts from 'typescript';
import { AppModule } from '../src/app.module';
import { readEnvironment } from '../src/config/environment';
import { openApiDocument } from '../src/openapi/openapi-document';
import {
  HistoryEndpoint,
  ListEndpoint,
  ReadEndpoint,
  RemoveEndpoint,
  SyncEndpoint,
} from '../src/openapi/sync-endpoint.decorator';
import { ProgramEntity } from '../src/records/programs/program.entity';
import {
  date,
  defineEntity,
  email,
  integer,
  lookupName,
  money,
  numbered,
  reference,
  score,
  subform,
  text,
} from '../src/sync/fields';
import { RecordMapper } from '../src/sync/record-mapper';
import { ApiDescription, type ApiDocument } from './support/api-description';

const term = defineEntity({
  name: 'exam_term',
  plural: 'exam_terms',
  zohoModule: 'Exam_Terms',
  fields: {
    title: text('Title').mandatory(),
    contact: email('Contact'),
    starts: date('Starts'),
    fee: money('Fee'),
    program: reference(() => ProgramEntity, 'Program').await(),
    program_name: lookupName('Program'),
    pass_mark: score(0, 100, 'Pass_Mark'),
    seats: integer('Seats'),
    sittings: subform(
      {
        name: text('Sitting_Name', 'Name'),
        held_on: date('Held_On'),
        fee: money('Fee'),
        room: reference(() => ProgramEntity, 'Room'),
      },
      'Sittings',
      'Exam_Sittings',
    ),
    criteria: numbered(['P', 'M'], 2, '_description'),
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

  @HistoryEndpoint(term)
  history(): void {}

  @RemoveEndpoint(term)
  remove(): void {}
}

@Module({ controllers: [TermsController], providers: [TermsMapper] })
class TermsModule {}

@Module({ imports: [AppModule.with(readEnvironment({})), TermsModule] })
class GrownModule {}

let api: ApiDescription;
const requests = () => api.exampleRequests().filter(({ path }) => path.includes('exam_terms'));
let schemas: ApiDocument['components']['schemas'];
beforeAll(async () => {
  const app = await NestFactory.create(GrownModule, { preview: true, logger: false });
  api = new ApiDescription(JSON.parse(JSON.stringify(openApiDocument(app))) as ApiDocument);
  ({ schemas } = api.document.components);
});

it('an entity that the document knows nothing of is described by its field table', () => {
  const own = api.operations.filter(({ operation }) => operation.tags.includes('exam_terms'));
  expect(own.map(({ operation }) => operation.operationId).toSorted()).toEqual([
    'deleteExamTerm',
    'listExamTermChanges',
    'listExamTerms',
    'readExamTerm',
    'syncExamTerms',
  ]);
  expect(schemas['ExamTermRow']).toMatchObject({
    properties: {
      title: { type: 'string' },
      starts: { type: ['string', 'null'], format: 'date' },
      fee: { type: ['string', 'null'] },
      program: { type: ['string', 'null'] },
      short_title: { type: ['string', 'null'] },
      deleted_at: { type: 'null' },
      expanded: { properties: { program: { anyOf: [{ $ref: '#/components/schemas/StoredProgram' }, {}] } } },
    },
  });
  expect(schemas['ExamTermChanges']).toMatchObject({
    properties: { fee: { $ref: '#/components/schemas/DecimalChange' } },
  });
  expect(schemas['ExamTermNew']).toMatchObject({
    properties: { zoho_exam_term_id: { type: 'string' }, status: { const: 'NEW' } },
  });
  expect(schemas['ExamTermSkipped']).toMatchObject({
    properties: { reason: { enum: ['program_not_synced_yet', 'program_deleted'] } },
  });
  expect(api.exampleFaults()).toEqual([]);
  expect(requests().length).toBeGreaterThanOrEqual(16);
});

it('its lists are described by their columns: as they are sent, and as they are stored', () => {
  expect(schemas['ExamTermRecord']).toMatchObject({
    properties: {
      Program: { anyOf: [{ $ref: '#/components/schemas/ZohoLookup' }, {}, { type: 'null' }] },
      Sittings: { type: ['array', 'null'], items: { $ref: '#/components/schemas/ExamTermSittingRecord' } },
      Exam_Sittings: { type: ['array', 'null'] },
      P1_description: { type: ['string', 'null'] },
      M2_description: { type: ['string', 'null'] },
    },
  });
  expect(schemas['ExamTermSittingRecord']).toMatchObject({
    properties: { Sitting_Name: {}, Name: {}, Held_On: { format: 'date' }, Fee: {} },
  });
  expect(schemas['ExamTermRow']).toMatchObject({
    properties: { sittings: { type: 'array' }, criteria: { type: 'array' } },
  });
  expect(schemas['ExamTermSittingRow']).toMatchObject({
    properties: { name: {}, held_on: { type: ['string', 'null'], format: 'date' }, room: {} },
    required: ['name', 'held_on', 'fee', 'room'],
  });
  expect(schemas).not.toHaveProperty('ExamTermCriteriaRecord');
});

describe('its examples', () => {
  const example = (name: string) => api.document.components.examples[name]?.value as Record<string, unknown>;
  const sitting = {
    name: 'HND in Computing',
    held_on: '2026-02-14',
    fee: '4200',
    room: expect.stringMatching(/^\d{19}$/),
  };

  it('have lists in records and in rows', () => {
    const body = JSON.parse(requests().find(({ name }) => name.endsWith(': record'))?.body ?? '') as object;
    expect(body).toMatchObject({
      Program: { id: expect.any(String), name: 'HND in Computing' },
      Pass_Mark: '85',
      Seats: '85',
      Sittings: [{ Sitting_Name: 'HND in Computing', Held_On: '2026-02-14' }],
      P1_description: expect.any(String),
      P2_description: expect.any(String),
    });
    expect(example('ExamTermRow')).toMatchObject({
      program_name: 'HND in Computing',
      sittings: [sitting],
      criteria: [{ code: 'P1' }, { code: 'P2' }],
    });
  });

  it('have changes of elements and of their columns', () => {
    const [, updated] = example('ExamTermHistoryPage')['data'] as { changes: object }[];
    expect(updated?.changes).toMatchObject({
      'sittings[0].held_on': { before: '2026-02-14', after: '2026-02-15' },
      'sittings[1]': { before: null, after: sitting },
      'criteria[0].description': {},
      'criteria[2]': { before: null, after: { code: 'M1' } },
    });
  });

  it.each([
    [{ 'sittings[12].fee': { before: null, after: '1' }, 'sittings[3]': { before: null, after: null } }, true],
    [{ deleted_at: { before: '2026-02-14T10:00:00Z', after: null } }, true],
    [{ sittings: { before: null, after: null } }, false],
    [{ 'sittings[0].nothing': { before: null, after: '1' } }, false],
    [{ 'sittings[0].held_on': { before: null, after: 'tomorrow' } }, false],
    [{ 'sittings[0]': { before: null, after: 'text' } }, false],
    [{ 'sittings[0]': { before: null, after: { name: 'Without the rest' } } }, false],
    [{ title: { before: null, after: { name: 'an element' } } }, false],
  ])('would be faulty or not with the changes %j: %j', (changes, isRight) => {
    const page = structuredClone(example('ExamTermHistoryPage')) as { data: { changes: object }[] };
    for (const entry of page.data) entry.changes = changes;
    const headers = new Headers({ 'Content-Type': 'application/json', 'X-Request-Id': '1' });
    const faults = api.faults('listExamTermChanges', { status: 200, headers, body: page });
    expect(faults.length === 0).toBe(isRight);
  });
});

/** What a caller may write with the generated types, and, where an error is expected, what not. */
const USE = `
type Schemas = components['schemas'];
export function tell(changes: Schemas['ExamTermChanges'], row: Schemas['StoredExamTerm']): string {
  const fee: string | null | undefined = changes.fee?.after;
  // @ts-expect-error a field with one value never has an element
  const element: { name: string } | null | undefined = changes.fee?.after;
  const of = changes['sittings[0]']?.after ?? changes['sittings[0].fee']?.after;
  const name = typeof of === 'object' && of && 'held_on' in of ? of.held_on : of;
  // @ts-expect-error a tombstone has no lists
  row.sittings;
  if (row.deleted_at !== null) return row.deleted_at.slice(0, 10);
  return [fee, element, name, ...row.sittings.map(({ held_on: day }) => day), row.criteria[0]?.code].join();
}
`;

function typeErrors(source: string): string[] {
  const options = { strict: true, noEmit: true, target: ts.ScriptTarget.ESNext, types: [] };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) =>
    file === 'use.ts' ? ts.createSourceFile(file, source, ts.ScriptTarget.ESNext) : getSourceFile(file, ...rest);
  const found = ts.getPreEmitDiagnostics(ts.createProgram(['use.ts'], options, host));
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

it('a client that is generated has narrow types of its fields and lists', () => {
  const generator = join(__dirname, '../node_modules/openapi-typescript/bin/cli.js');
  const types = execFileSync(process.execPath, [generator], { input: JSON.stringify(api.document), encoding: 'utf8' });
  expect(typeErrors(types + USE)).toEqual([]);
});
