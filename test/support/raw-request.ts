import { connect } from 'node:net';
import { collection } from './canary/collection';

/** A request as bytes may be: nothing is made right on its way, as `fetch` would. */
export interface RawRequest {
  readonly method: string;
  /** as it stands in the first line */
  readonly path: string;
  /** names and values as they are written, each character a byte; a name may come twice */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends it on a connection of its own. @throws when the service ends the connection without an answer */
export async function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const body = Buffer.from(request.body ?? '');
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    'Connection: close',
    `Content-Length: ${body.length}`,
    ...(request.headers ?? []).map(([name, value]) => `${name}: ${value}`),
  ];
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const answer = readAnswer(await exchange(hostname, Number(port), Buffer.concat([head, body])));
  const { method, path } = request;
  const { status, headers, text } = answer;
  collection.answer({
    method,
    path: path.split('?', 1)[0] ?? '',
    status,
    headers: Object.fromEntries(headers),
    body: text,
  });
  return answer;
}

/** All that comes back until the connection ends; one that is reset after an answer has given it all the same. */
function exchange(host: string, port: number, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, host, () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', (error) => (chunks.length > 0 ? resolve(Buffer.concat(chunks)) : reject(error)));
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

const GO_ON = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n');

function readAnswer(received: Buffer): RawAnswer {
  const bytes = received.indexOf(GO_ON) === 0 ? received.subarray(GO_ON.length) : received;
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  if (!status) throw new Error(`The connection ended without an answer: ${bytes.toString('latin1', 0, 200)}`);
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  const body = bytes.subarray(end + 4);
  const isChunked = headers.get('transfer-encoding') === 'chunked';
  return { status, headers, text: (isChunked ? joinChunks(body) : body).toString() };
}

function joinChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const line = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, line), 16);
    if (line === -1 || !(size > 0)) return Buffer.concat(chunks);
    chunks.push(body.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
