import { columnArrays } from './column-arrays';

it('spells what could be taken for something else', async () => {
  const cells = ['a', '', 'NULL', null, 'say "hi"', 'back\\slash', '{x,y}', ' spaced ', 'line\nbreak', 'عمر'];
  expect(await columnArrays(cells, [(cell) => cell])).toEqual([
    '{"a","","NULL",NULL,"say \\"hi\\"","back\\\\slash","{x,y}"," spaced ","line\nbreak","عمر"}',
  ]);
});

it('makes an array of each column, also of no rows', async () => {
  const rows = [
    { id: 'a', is: true, n: 1 },
    { id: 'b', is: false, n: 2 },
  ];
  const cells = [({ id }: { id: string }) => id, ({ is }: { is: boolean }) => is, ({ n }: { n: number }) => n] as const;
  expect(await columnArrays(rows, cells as never)).toEqual(['{"a","b"}', '{true,false}', '{1,2}']);
});

it('leaves a column without values out', async () => {
  const rows = [
    { a: null, b: null },
    { a: null, b: 'x' },
  ] as const;
  expect(await columnArrays(rows, [({ a }) => a, ({ b }) => b])).toEqual([null, '{NULL,"x"}']);
});

it('gives others a turn when there are many rows', async () => {
  const rows = Array.from({ length: 200_000 }, (_none, n) => n);
  const turns = { taken: 0 };
  const arrays = columnArrays(rows, [String, String]);
  const others = setImmediate(() => (turns.taken += 1));
  await arrays;
  clearImmediate(others);
  expect(turns.taken).toBe(1);
});
