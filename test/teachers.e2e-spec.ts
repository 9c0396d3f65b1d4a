import { newTenant, statusesOf, TestService } from './support/app';

let service: TestService;
let tenant: string;
beforeAll(async () => {
  service = await TestService.start();
});
beforeEach(() => {
  tenant = newTenant();
});
afterAll(() => service.close());

const sync = (...data: object[]) => service.sync('teachers', { data }, { tenant });

it('the personal e-mail never takes the place of the academic one', async () => {
  await sync({ id: '1', Name: 'Kerem Acar', Email: 'kerem@mail.example', Academic_Email: null });
  expect(await service.row('teachers', '1', tenant)).toMatchObject({
    academic_email: null,
    email: 'kerem@mail.example',
  });
});

it('two teachers may share an e-mail', async () => {
  const email = { Academic_Email: 'office@college.example' };
  const report = await sync({ id: '1', Name: 'Kerem Acar', ...email }, { id: '2', Name: 'Rana Saleh', ...email });
  expect(statusesOf(report)).toEqual(['NEW', 'NEW']);
});
