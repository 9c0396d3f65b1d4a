import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { lineStream } from './line-stream';

const lineOf = async (entry: object): Promise<string> => {
  const written = new PassThrough({ encoding: 'utf8' });
  const stream = lineStream(written);
  stream.write(`${JSON.stringify(entry)}\n`);
  for (;;) {
    const line = written.read() as string | null;
    if (line !== null) return line;
    await nextTurn();
  }
};
const entry = {
  time: '2026-02-14T07:21:07.123Z',
  level: 'INFO',
  module: 'http',
  message: 'GET /v1/health 200',
  ms: 3,
  request_id: 'r-1',
};

it('writes an entry as one line for people', async () => {
  expect(await lineOf(entry)).toBe('2026-02-14 07:21:07 | INFO | http | GET /v1/health 200 in 3 ms [r-1]\n');
});

it('lets nobody forge a line or colour a terminal', async () => {
  const line = await lineOf({ ...entry, message: 'a\r\n2026-02-14 07:21:07 | INFO | x | forged \u001b[31m\u2028' });
  expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u2028]/u);
});
