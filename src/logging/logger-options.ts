import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Params } from 'nestjs-pino';
import { type DestinationStream, type LogFn, type Logger, pino } from 'pino';
import type { Options } from 'pino-http';
import type { Environment, LogLevel } from '../config/environment';
import { describeError } from './describe-error';
import { lineStream } from './line-stream';
import { currentFacts } from './log-facts';

const PINO_LEVELS: Readonly<Record<LogLevel, string>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'fatal',
};

/** pino's numbers in the words of LOG_LEVEL. */
const LEVEL_WORDS: ReadonlyMap<number, string> = new Map([
  [10, 'DEBUG'],
  [20, 'DEBUG'],
  [30, 'INFO'],
  [40, 'WARNING'],
  [50, 'ERROR'],
  [60, 'CRITICAL'],
]);

const INFO = 30;
const STANDARD_OUTPUT = 1;

/**
 * One line for each event: for people in development, as JSON with the same facts in production. No payloads in either.
 *
 * @param destination takes the JSON, in place of standard output
 */
export function loggerOptions({ ENV, LOG_LEVEL, APP_NAME }: Environment, destination?: DestinationStream): Params {
  const options: Options = {
    level: PINO_LEVELS[LOG_LEVEL],
    base: ENV === 'production' ? { app: APP_NAME } : null,
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (_label, number) => ({ level: LEVEL_WORDS.get(number) ?? 'INFO' }) },
    hooks: { logMethod: tellFactsOnly },
    mixin: () => ({ ...currentFacts() }),
    genReqId: ({ id }) => id,
    customAttributeKeys: { reqId: 'request_id', responseTime: 'ms' },
    quietReqLogger: true,
    quietResLogger: true,
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
    customSuccessMessage: requestLine,
    customErrorMessage: requestLine,
    customSuccessObject: onlyDuration,
    customErrorObject: onlyDuration,
  };
  const stream = destination ?? (ENV === 'production' ? undefined : lineStream(STANDARD_OUTPUT));
  return { pinoHttp: stream ? [options, stream] : options, renameContext: 'module', assignResponse: false };
}

/** The route as it is declared: what stands in its place in the address may be anybody's data. */
function requestLine(request: RoutedMessage, response: ServerResponse): string {
  const { method, route, originalUrl = '' } = request;
  return `${method} ${route?.path ?? plainPath(originalUrl)} ${response.statusCode}`;
}

interface RoutedMessage extends IncomingMessage {
  readonly route?: { readonly path: string };
  readonly originalUrl?: string;
}

/** An address that is no route, with all but its plain words left out. */
function plainPath(url: string): string {
  const [path = ''] = url.split('?', 1);
  const words = path.split('/').slice(0, 6);
  return words.map((word) => (/^[a-z0-9_-]{0,24}$/.test(word) ? word : '…')).join('/');
}

function onlyDuration(_request: IncomingMessage, _response: ServerResponse, ...rest: unknown[]): object {
  const value = rest.at(-1) as { responseTime?: number; ms?: number };
  return { module: 'http', ms: value.ms ?? value.responseTime };
}

/** Nest tells of every module and route at every start; that is for DEBUG. */
const BOOT = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** All that an entry may hold besides its words, and what the words are made of where there are none. */
interface Facts {
  readonly module?: string;
  readonly ms?: number;
  readonly err?: unknown;
}

/** Nest and TypeORM log whole errors: their texts, stacks, statements and parameters are for nobody's log. */
function tellFactsOnly(this: Logger, values: Parameters<LogFn>, method: LogFn, level: number): void {
  const [given, ...words] = values as unknown[];
  if (typeof given !== 'object' || given === null) return method.apply(this, values);
  const { module, ms, err } = given as Facts;
  if (level === INFO && module && BOOT.has(module) && !this.isLevelEnabled('debug')) return;
  const told = typeof words[0] === 'string' ? words : [`Unexpected ${describeError(err ?? given)}`];
  method.apply(this, [{ module, ms }, ...told] as Parameters<LogFn>);
}
