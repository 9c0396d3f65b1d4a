import { once } from 'node:events';

const HELD = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
}

/** What lives in a process, in bytes, once its garbage is collected. @param inspector where Node says its debugger listens */
export async function heapOf(inspector: string): Promise<number> {
  const socket = new WebSocket(inspector);
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener('message', (event) => {
    const { id = 0, result } = JSON.parse(String(event.data)) as Reply;
    waiting.get(id)?.(result);
  });
  await once(socket, 'open');
  const ask = (method: string, params: object = {}): Promise<unknown> =>
    new Promise((resolve) => {
      const id = waiting.size + 1;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
  await ask('HeapProfiler.enable');
  await ask('HeapProfiler.collectGarbage');
  const { result } = (await ask('Runtime.evaluate', { expression: HELD })) as { result: { value: number } };
  socket.close();
  return result.value;
}
