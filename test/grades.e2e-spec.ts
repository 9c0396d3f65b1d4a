import { newTenant, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(async () => {
  tenant = newTenant();
  const student = { id: 's1', Display_Name: 'Omar Kaya', Academic_Email: 'omar@college.example' };
  await service.sync('students', { data: [student] }, { tenant });
});
afterAll(() => service.close());

const sync = (record: object) => service.sync('grades', { data: [{ id: '1', ...record }] }, { tenant });
const row = () => service.row('grades', '1', tenant);
const NEITHER = { status: 'INVALID', errors: [{ field: 'grade', code: 'MANDATORY_NOT_FOUND' }] };

describe('grade or score', () => {
  it.each([[{}], [{ Grade: null, Score: null }], [{ Grade: '', Feedback: 'Good' }]])(
    'one of them is required: %j is refused',
    async (record) => {
      expect((await sync({ Student: 's1', ...record })).results[0]).toMatchObject(NEITHER);
    },
  );

  it.each([[{ Grade: 'Mapped' }], [{ Grade_Value: 'RR' }], [{ Score: 0 }]])('one is enough: %j', async (record) => {
    expect(statusesOf(await sync({ Student: 's1', ...record }))).toEqual(['NEW']);
  });

  it('is judged on the merged record: one may go while the other stays', async () => {
    await sync({ Student: 's1', Grade: 'M' });
    expect(statusesOf(await sync({ Feedback: 'Clear structure.' }))).toEqual(['UPDATED']);
    expect((await sync({ Grade: null })).results[0]).toMatchObject(NEITHER);
    expect(await row()).toMatchObject({ grade: 'M' });
    expect(statusesOf(await sync({ Grade: null, Score: 71 }))).toEqual(['UPDATED']);
    expect(await row()).toMatchObject({ grade: null, score: '71' });
  });
});

describe('the score of a grade', () => {
  it.each([
    [0, '0'],
    [100, '100'],
    ['99.50', '99.5'],
  ])('%s is taken', async (score, stored) => {
    await sync({ Student: 's1', Score: score });
    expect(await row()).toMatchObject({ score: stored });
  });

  it.each([-1, '-0.01', 100.01, 170, 'A'])('%s is refused', async (score) => {
    const report = await sync({ Student: 's1', Grade: 'M', Score: score });
    expect(report.results[0]).toMatchObject({
      status: 'INVALID',
      errors: [{ field: 'score', code: 'INVALID_DATA', value: String(score) }],
    });
  });
});

it.each([
  ['text', 'Unit 1: Programming'],
  ['a lookup', { id: 'u1', name: 'Unit 1: Programming' }],
])('BTEC_Unit may be %s, and waits for no unit', async (_case, unit) => {
  expect(statusesOf(await sync({ Student: 's1', Grade: 'M', BTEC_Unit: unit }))).toEqual(['NEW']);
  expect(await row()).toMatchObject({ unit: null, unit_text: 'Unit 1: Programming' });
});

it('changes of the learning outcomes are named by place and column', async () => {
  const outcome = { LO_Code: 'P1', LO_Title: 'Define', LO_Score: 'Not achieved', LO_Feedback: 'Line 1\nLine 2' };
  await sync({ Student: 's1', Grade: 'R', Learning_Outcomes_Assessm: [outcome] });
  const report = await sync({ Learning_Outcomes_Assessm: [{ ...outcome, LO_Score: 'Achieved' }] });
  expect(report.results[0]?.changes).toEqual({
    'outcomes[0].score': { before: 'Not achieved', after: 'Achieved' },
  });
});
