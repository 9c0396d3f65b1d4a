import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between the service and a server on this machine; it can cut the line, hold it, or lose an answer. */
export class Line {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private state: 'open' | 'cut' | 'held' = 'open';
  private loss: { words: string; after: string } | null = null;

  constructor(private readonly target: URL) {
    this.server = createServer((client) => this.join(client));
  }

  /** The target's address, by way of this line. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as { port: number };
    const url = new URL(this.target);
    url.host = `127.0.0.1:${port}`;
    return url.href;
  }

  cut(): void {
    this.state = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Lets nothing through, and breaks nothing off. */
  hold(): void {
    this.state = 'held';
    for (const socket of this.sockets) socket.pause();
  }

  mend(): void {
    this.state = 'open';
    for (const socket of this.sockets) socket.resume();
  }

  /** The next message with these words, on a connection that has sent the others before, arrives; its answer is lost. */
  loseAnswerTo(words: string, after = ''): void {
    this.loss = { words, after };
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    if (this.state === 'cut') {
      client.destroy();
      return;
    }
    const upstream = connect(Number(this.target.port), this.target.hostname);
    let isLosing = false;
    let isAfter = false;
    client.on('data', (chunk) => {
      isAfter ||= this.loss !== null && chunk.includes(this.loss.after);
      if (this.loss && isAfter && chunk.includes(this.loss.words)) {
        isLosing = true;
        this.loss = null;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => (isLosing ? client.destroy() : client.write(chunk)));
    this.watch(client, upstream);
    this.watch(upstream, client);
  }

  private watch(socket: Socket, other: Socket): void {
    this.sockets.add(socket.setMaxListeners(0));
    if (this.state === 'held') socket.pause();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      other.destroy();
    });
  }
}
