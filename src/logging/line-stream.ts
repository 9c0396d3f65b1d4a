import type { Writable } from 'node:stream';
import pretty from 'pino-pretty';

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** `2026-02-14T07:21:07.123Z` as `2026-02-14 07:21:07`. */
const moment = (time: unknown): string => text(time).slice(0, 19).replace('T', ' ');

/** Whoever may put a line break or an escape sequence into a message must not forge a line or colour a terminal. */
const oneLine = (message: string): string => message.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');

/** Writes log entries as `YYYY-MM-DD HH:MM:SS | LEVEL | MODULE | MESSAGE`, in UTC. */
export function lineStream(destination: Writable | number): pretty.PrettyStream {
  return pretty({
    destination,
    // A line must be out before the process is.
    sync: true,
    colorize: false,
    hideObject: true,
    messageKey: 'message',
    ignore: 'time,level',
    errorLikeObjectKeys: [],
    messageFormat: (log) => {
      const request = log['request_id'] ? ` [${text(log['request_id'])}]` : '';
      const batch = log['batch'] ? ` (batch ${text(log['batch'])})` : '';
      const duration = log['ms'] === undefined ? '' : ` in ${text(log['ms'])} ms`;
      const message = oneLine(`${text(log['message'])}${duration}${batch}${request}`);
      return `${moment(log['time'])} | ${text(log['level'])} | ${text(log['module']) || 'app'} | ${message}`;
    },
  });
}
