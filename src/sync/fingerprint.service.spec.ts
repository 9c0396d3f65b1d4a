import { defineEntity, text } from './fields';
import { FingerprintService } from './fingerprint.service';

const entity = defineEntity({
  name: 'thing',
  plural: 'things',
  zohoModule: 'Things',
  idAliases: ['id'],
  fields: { a: text(), b: text() },
});
const fingerprint = (a: string | null, b: string | null) => new FingerprintService().fingerprint(entity, { a, b });

it('is the SHA-256 of the values in the declared order', () => {
  expect(fingerprint('x', null)).toBe('4ac8fed3583c2c52252e99de98bfb5a75f0249c9eb73316c02fbed05d3ce192e');
  expect(new FingerprintService().fingerprint(entity, { b: null, a: 'x' })).toBe(fingerprint('x', null));
});

it('tells apart what a careless join would not', () => {
  const all = [
    fingerprint('', null),
    fingerprint(null, ''),
    fingerprint('a|b', 'c'),
    fingerprint('a', 'b|c'),
    fingerprint('a","b', 'c'),
    fingerprint('a', 'b","c'),
    fingerprint('null', null),
  ];
  expect(new Set(all).size).toBe(all.length);
});
