import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * How a commit of the service's is told on the wire, where it is asked for by its name: a connection is given the text of a
 * statement once.
 */
export const COMMIT = '\0commit\0';

/** What is to happen to the next message with these words, on a connection that has sent the others before. */
interface Trap {
  readonly words: string;
  readonly after: string;
  /** whether the message reaches the server */
  readonly arrives: boolean;
  /** when the message has come, or when the server has answered it; the answer goes no further */
  readonly caught: (client: Socket) => void;
}

/** Stands between the service and a server on this machine; it can cut the line, hold it, or lose an answer. */
export class Line {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private state: 'open' | 'cut' | 'held' = 'open';
  private trap: Trap | null = null;

  constructor(private target: URL) {
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

  /** Connections made from now on lead there: the server has moved. */
  lead(target: URL): void {
    this.target = target;
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

  /** The message arrives; its answer is lost with the connection. */
  loseAnswerTo(words: string, after = ''): void {
    this.trap = { words, after, arrives: true, caught: (client) => client.destroy() };
  }

  /**
   * Nothing more goes either way on that connection.
   *
   * @returns when the message is caught: before it has arrived, or when it is answered
   */
  stopAt(words: string, { after = '', arrives }: { after?: string; arrives: boolean }): Promise<void> {
    return new Promise((caught) => (this.trap = { words, after, arrives, caught: () => caught() }));
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
    let own: Trap | null = null;
    let near: Trap | null = null;
    client.on('data', (chunk) => {
      if (own) return;
      if (this.trap && chunk.includes(this.trap.after)) near = this.trap;
      if (this.trap && near === this.trap && chunk.includes(this.trap.words)) {
        own = this.trap;
        this.trap = null;
        if (!own.arrives) return own.caught(client);
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => (own ? own.caught(client) : client.write(chunk)));
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
