import { Socket } from 'node:net';

/**
 * Sends what is written in one turn of the event loop as one packet: statements that do not wait for one another, and
 * the five messages that each is made of. On loopback a packet costs more than a small statement.
 */
export class PatientSocket extends Socket {
  private isHeld = false;

  constructor() {
    super();
    // When it connects, a socket of Node's takes back whatever `write` it was given.
    this.once('connect', () => {
      const write = this.write.bind(this);
      this.write = (...parameters: unknown[]): boolean => {
        this.hold();
        return write(...(parameters as Parameters<Socket['write']>));
      };
    });
  }

  private hold(): void {
    if (this.isHeld) return;
    this.isHeld = true;
    this.cork();
    process.nextTick(() => {
      this.isHeld = false;
      this.uncork();
    });
  }
}
