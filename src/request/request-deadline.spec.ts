import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Request, Response } from 'express';
import { liftDeadline, limitArrival, ownDeadlines } from './request-deadline';

/** A request whose body has begun, and goes on and on. */
async function slow(isLifted: boolean): Promise<{ socket: Socket; end: () => void }> {
  const arrived = Promise.withResolvers<IncomingMessage>();
  const server = createServer((request, response) => {
    limitArrival(request as Request, response as Response, () => undefined);
    if (isLifted) liftDeadline(request);
    arrived.resolve(request);
  });
  ownDeadlines(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined).write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx');
  await arrived.promise;
  const end = (): void => {
    socket.destroy();
    server.close();
  };
  return { socket, end };
}

describe('a request that does not come to its end', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
  afterEach(() => void jest.useRealTimers());

  it('is cut off after five minutes', async () => {
    const { socket, end } = await slow(false);
    const closed = once(socket.resume(), 'close');
    jest.advanceTimersByTime(299_999);
    expect(socket.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    await closed;
    end();
  });

  it('goes on where the deadline was lifted', async () => {
    const { end } = await slow(true);
    expect(jest.getTimerCount()).toBe(0);
    end();
  });
});
