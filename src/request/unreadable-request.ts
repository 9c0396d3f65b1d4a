import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { uuidv7 } from 'uuidv7';
import { PROBLEMS } from './problem';

const HEADERS_TOO_LARGE = 'HPE_HEADER_OVERFLOW';

/** What is no HTTP never becomes a request, so it is answered on the bare connection, as a problem like any other. */
export function answerUnreadable(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.end(answer(error.code === HEADERS_TOO_LARGE ? 'HEADERS_TOO_LARGE' : 'BAD_REQUEST'));
  });
}

function answer(code: 'HEADERS_TOO_LARGE' | 'BAD_REQUEST'): string {
  const { status, title } = PROBLEMS[code];
  const id = uuidv7();
  const detail = 'What was sent is not HTTP that can be read';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, instance: '', code, request_id: id });
  const headers = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
    'Connection: close',
  ];
  return `${headers.join('\r\n')}\r\n\r\n${body}`;
}
