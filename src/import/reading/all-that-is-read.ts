import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** What a stream of objects has, as many at a time as are there. @throws what went wrong with the stream */
export async function* allThatIsRead<T>(stream: Readable): AsyncGenerator<T[], void> {
  const ended = new AbortController();
  stream.once('close', () => ended.abort());
  for (;;) {
    const there: T[] = [];
    for (let item = stream.read() as T | null; item !== null; item = stream.read() as T | null) there.push(item);
    if (there.length > 0) yield there;
    else if (stream.errored) throw stream.errored;
    else if (stream.readableEnded || stream.destroyed) return;
    else await readable(stream, ended.signal);
  }
}

/** Until there is more, or the end, or an error. */
async function readable(stream: Readable, ended: AbortSignal): Promise<void> {
  try {
    await once(stream, 'readable', { signal: ended });
  } catch (error) {
    if (!ended.aborted) throw error;
  }
}
