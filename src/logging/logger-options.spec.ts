import { PassThrough } from 'node:stream';
import { Logger, PinoLogger } from 'nestjs-pino';
import { QueryFailedError } from 'typeorm';
import { readEnvironment } from '../config/environment';
import { loggerOptions } from './logger-options';

// The first logger of a process is the only one: all tests share it.
const written = new PassThrough({ encoding: 'utf8' });
const options = loggerOptions(readEnvironment({}), written);
const logger = new Logger(new PinoLogger(options), options);

/** The entry that this comes to. */
const entryOf = (log: () => void): Record<string, unknown> => {
  log();
  return JSON.parse(written.read() as string) as Record<string, unknown>;
};
const refused = (): Error => {
  const cause = Object.assign(new Error('Key (email)=(omar@c.example) already exists.'), { code: '23505' });
  return new QueryFailedError('INSERT INTO student VALUES ($1)', ['omar@c.example'], cause);
};

it('tells words as they are, with who said them', () => {
  const entry = entryOf(() => logger.warn('Redis answers again', 'RedisConnection'));
  expect(entry).toEqual({
    level: 'WARNING',
    time: expect.any(String) as string,
    module: 'RedisConnection',
    message: 'Redis answers again',
  });
});

it.each([
  ['logged whole', () => logger.error(refused(), 'Scheduler'), 'Unexpected QueryFailedError 23505 at '],
  ['logged as text and stack', () => logger.error(refused().message, refused().stack, 'X'), 'Unexpected Error'],
  ['logged as an object', () => logger.error(Object.assign({}, refused()), 'X'), 'Unexpected object'],
])('of an error %s, it tells no more than its kind and place', (_how, log, message) => {
  const entry = entryOf(log);
  expect(entry).toEqual({
    level: 'ERROR',
    time: expect.any(String) as string,
    module: expect.any(String) as string,
    message: expect.stringContaining(message) as string,
  });
  expect(JSON.stringify(entry)).not.toMatch(/omar|INSERT|\n|\$1/);
});
