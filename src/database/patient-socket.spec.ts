import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { PatientSocket } from './patient-socket';

it('sends what is written in one turn as one packet, and nothing late or twice', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const socket = new PatientSocket();
  const writev = jest.spyOn(socket, '_writev');
  const write = jest.spyOn(socket, '_write');
  socket.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[peer]] = (await Promise.all([accepted, once(socket, 'connect')])) as [[Socket], unknown];
  for (const text of ['a', 'b']) socket.write(text);
  socket.cork();
  socket.write('c');
  socket.uncork();
  socket.write('d');
  expect(writev.mock.calls.length + write.mock.calls.length).toBe(0);
  const received: Buffer[] = [];
  peer.on('data', (chunk: Buffer) => received.push(chunk));
  socket.end('e');
  await once(peer, 'end');
  expect(Buffer.concat(received).toString()).toBe('abcde');
  expect(writev.mock.calls.length + write.mock.calls.length).toBe(1);
  peer.end();
  server.close();
});
