import { randomBytes } from 'node:crypto';
import { readEnvironment } from '../config/environment';
import { KeyRing } from './key-ring';
import { UnreadableSecret } from './unreadable-secret';

const OLD = `old:${randomBytes(32).toString('base64')}`;
const NEW = `new:${randomBytes(32).toString('base64')}`;
const ringOf = (...keys: string[]): KeyRing => new KeyRing(readEnvironment({ SECRET_KEYS: keys.join(',') }));
const PLAIN = 'canary-token Ağ 🗝';

it('opens what it sealed, with nothing of it to be seen, and seals differently each time', () => {
  const ring = ringOf(NEW);
  const [first, second] = [ring.seal('t', 'moodle.token', PLAIN), ring.seal('t', 'moodle.token', PLAIN)];
  expect(first).toMatch(/^v1\.new\.[\w-]+$/);
  expect(Buffer.from(first.split('.')[2] ?? '', 'base64url').toString()).not.toContain('canary');
  expect(first).not.toBe(second);
  expect(ring.open('t', 'moodle.token', first)).toBe(PLAIN);
  expect(ring.open('t', 'moodle.token', ring.seal('t', 'moodle.token', ''))).toBe('');
});

it('opens nothing in another place, however tenant and field are cut', () => {
  const ring = ringOf(NEW);
  const sealed = ring.seal('t', 'moodle.token', PLAIN);
  expect(() => ring.open('u', 'moodle.token', sealed)).toThrow(UnreadableSecret);
  expect(() => ring.open('t', 'webhook.secret', sealed)).toThrow(UnreadableSecret);
  const crafted = ring.seal('t","moodle.token', 'moodle.token', PLAIN);
  expect(() => ring.open('t', 'moodle.token","moodle.token' as 'moodle.token', crafted)).toThrow(UnreadableSecret);
});

it('opens nothing that was changed, by whichever character, byte or cut', () => {
  const ring = ringOf(NEW, OLD);
  const sealed = ring.seal('t', 'moodle.token', PLAIN);
  const changed = Array.from(sealed, (character, at) => {
    const other = character === 'A' ? 'B' : 'A';
    return sealed.slice(0, at) + other + sealed.slice(at + 1);
  });
  // Bits that base64 does not use could be changed without changing a byte.
  const inside = Array.from('BCDEFGHIJKLMNOPQRSTUVWXYZ', (last) => sealed.slice(0, -1) + last);
  const cut = Array.from(sealed, (_, length) => sealed.slice(0, length));
  const others = [
    ...changed,
    ...inside,
    ...cut,
    `${sealed}A`,
    `${sealed}=`,
    `${sealed}\n`,
    sealed.replace('new', 'old'),
  ];
  for (const other of others.filter((text) => text !== sealed))
    expect(() => ring.open('t', 'moodle.token', other)).toThrow(UnreadableSecret);
});

it('tells which secret cannot be read and which key is missing, and nothing of the content', () => {
  const sealed = ringOf(OLD).seal('college', 'webhook.secret', PLAIN);
  const open = (text: string) => () => ringOf(NEW).open('college', 'webhook.secret', text);
  expect(open(sealed)).toThrow(
    'The secret webhook.secret of tenant college cannot be read: SECRET_KEYS holds no key old',
  );
  expect(open('hunter2')).toThrow(
    /^The secret webhook.secret of tenant college cannot be read: it is not sealed text$/,
  );
});

it('seals by the first key, opens by each, and knows which is the first', () => {
  const before = ringOf(OLD).seal('t', 'moodle.token', PLAIN);
  const ring = ringOf(NEW, OLD);
  expect(ring.open('t', 'moodle.token', before)).toBe(PLAIN);
  expect(ring.isCurrent(before)).toBe(false);
  expect(ring.isCurrent(ring.seal('t', 'moodle.token', PLAIN))).toBe(true);
  expect(ring.isCurrent('v1.new.')).toBe(false);
  expect(ringOf(OLD).isCurrent(before)).toBe(true);
});

it('seals by the sample where there is no key, so that whoever tries the service needs none', () => {
  const sealed = new KeyRing(readEnvironment({})).seal('t', 'moodle.token', PLAIN);
  expect(sealed).toMatch(/^v1\.sample\./);
  expect(new KeyRing(readEnvironment({})).open('t', 'moodle.token', sealed)).toBe(PLAIN);
});
