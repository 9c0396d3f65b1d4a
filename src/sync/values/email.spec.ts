import { isEmail } from 'class-validator';
import { array, assert, property, stringMatching, tuple } from 'fast-check';
import { parseEmail } from './email';

const part = stringMatching(/^[A-Za-z0-9._+-]{1,70}$/);
const label = stringMatching(/^[A-Za-z0-9-]{1,70}$/);
const address = tuple(part, array(label, { minLength: 1, maxLength: 5 })).map(
  ([local, labels]) => `${local}@${labels.join('.')}`,
);

it('takes an address of the usual shape exactly when a closer look would take it', () => {
  assert(
    property(address, (text) => {
      const parsed = parseEmail(text);
      expect(parsed.kind === 'value').toBe(text.length <= 254 && isEmail(text, { allow_utf8_local_part: true }));
    }),
    { numRuns: 5_000 },
  );
});

it.each(['a@b.co', 'omar.al-sayed+1@students.college.example', `${'a'.repeat(64)}@c.example`])('takes %s', (text) => {
  expect(parseEmail(text)).toEqual({ kind: 'value', value: text });
});

it.each(['a@b', '.a@b.co', 'a..b@c.co', `${'a'.repeat(65)}@c.example`, 'a@-b.co', 'a@b-.co', 'a@b.c'])(
  'refuses %s',
  (text) => {
    expect(parseEmail(text).kind).toBe('unusable');
  },
);
