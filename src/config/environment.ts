import { plainToInstance, Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsIP,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  validateSync,
} from 'class-validator';
import { TENANT_ID_PATTERN } from '../request/tenant-id';
import { AddressList } from './address-list';
import { mistakesOfProduction } from './production-mistakes';
import { readSecretKeys } from './secret-keys';

const POSTGRES_URL = /^postgres(ql)?:\/\/\S+$/;
const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** So long a balancer may take to see that a process is to end, and to send requests elsewhere. */
const DRAIN_SECONDS_OF_PRODUCTION = 5;

/** What `true` and `false` may be called in an environment variable; anything else stays as it is and is refused. */
const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

const ToBoolean = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? (BOOLEANS.get(value.toLowerCase()) ?? value) : value,
  );
const ToInteger = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
  );

/** @param read throws what is wrong with the value, without repeating it */
const ReadableBy = (read: (text: string) => unknown): PropertyDecorator => {
  const mistake = (value: unknown): string | null => {
    try {
      read(String(value));
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : 'cannot be read';
    }
  };
  return ValidateBy({
    name: 'readableBy',
    validator: {
      validate: (value) => mistake(value) === null,
      defaultMessage: (checked) => `${checked?.property}: ${mistake(checked?.value)}`,
    },
  });
};

/** Every environment variable that the service reads, with its default. `.env.example` lists the same, explained. */
export class Environment {
  /** Name of the service in logs and in PostgreSQL's `application_name`. */
  @IsString()
  @IsNotEmpty()
  APP_NAME = 'zoho-moodle-sync';

  @IsIn(['development', 'test', 'production'])
  ENV: 'development' | 'test' | 'production' = 'development';

  @ToInteger()
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 8000;

  /** Where Prometheus is told how the process is, whoever asks, besides at PORT, which a worker has not; absent: nowhere. */
  @IsOptional()
  @ToInteger()
  @IsInt()
  @Min(0)
  @Max(65_535)
  METRICS_PORT?: number;

  /** The address at which that is; the default is this machine's own. */
  @IsIP()
  METRICS_HOST = '127.0.0.1';

  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toUpperCase() : value))
  @IsIn(LOG_LEVELS)
  LOG_LEVEL: LogLevel = 'INFO';

  /** Absent: an embedded PostgreSQL under `.data/`. */
  @IsOptional()
  @Matches(POSTGRES_URL, { message: 'DATABASE_URL must look like postgres://user:password@host:5432/database' })
  DATABASE_URL?: string;

  /** The role that owns the tables; absent: the same as DATABASE_URL. */
  @IsOptional()
  @Matches(POSTGRES_URL, {
    message: 'MIGRATION_DATABASE_URL must look like postgres://user:password@host:5432/database',
  })
  MIGRATION_DATABASE_URL?: string;

  /** `id:base64,…`: what tenants' secrets are sealed by, the newest first. Absent: a sample that everybody knows. */
  @IsOptional()
  @ReadableBy(readSecretKeys)
  SECRET_KEYS?: string;

  /** Absent: PostgreSQL remembers idempotency keys. */
  @IsOptional()
  @Matches(/^rediss?:\/\/\S+$/, { message: 'REDIS_URL must look like redis://:password@host:6379/0' })
  REDIS_URL?: string;

  /** How long an answer is kept for a repeat of the same body; for a key of the caller's own it is 24 hours. */
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(7 * 24 * 3_600)
  IDEMPOTENCY_TTL_SECONDS = 3_600;

  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(200)
  DATABASE_POOL_SIZE = 16;

  /** So long one statement may take; a database that says nothing for a little longer is taken for gone. */
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(3_600)
  DATABASE_TIMEOUT_SECONDS = 60;

  /** A JSON file with the profile of tenants that have none of their own. */
  @IsOptional()
  @IsString()
  DEFAULT_PROFILE_FILE?: string;

  /** So long a record waits for another before it is only listed as expired. */
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(3_650)
  WAITING_DAYS = 30;

  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(3_650)
  RUN_RETENTION_DAYS = 90;

  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(36_500)
  HISTORY_RETENTION_DAYS = 730;

  /** Whether anything is sent to Moodle; without it, what is to be sent is only kept. */
  @ToBoolean()
  @IsBoolean()
  MOODLE_ENABLED = false;

  /** Moodle's address, for the tenant DEFAULT_TENANT_ID. */
  @IsOptional()
  @Matches(/^https?:\/\/[^\s?#]+$/, { message: 'MOODLE_BASE_URL must look like https://moodle.example.org' })
  MOODLE_BASE_URL?: string;

  /** The token of a user of Moodle's web services. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9]{16,128}$/, { message: 'MOODLE_TOKEN must be the 32 letters and digits that Moodle shows' })
  MOODLE_TOKEN?: string;

  /** A JSON file with the Moodle sites of other tenants: `{"tenant":{"baseUrl":"https://…","token":"…"}}`. */
  @IsOptional()
  @IsString()
  MOODLE_SITES_FILE?: string;

  /** What a program and a class are in Moodle, where a tenant's profile does not say. */
  @IsIn(['program-course', 'class-course'])
  MOODLE_LAYOUT: 'program-course' | 'class-course' = 'program-course';

  /** IP addresses and ranges that may be called although they are not public. */
  @ReadableBy((text) => new AddressList(text))
  OUTGOING_ALLOWED_ADDRESSES = '';

  /** So long one call of Moodle may take. */
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(600)
  MOODLE_TIMEOUT_SECONDS = 30;

  /** So many calls a second this process makes of one tenant's Moodle at most. */
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(1_000)
  MOODLE_CALLS_PER_SECOND = 20;

  /** How many tenants this process pushes for at once; 0 leaves it to other processes. */
  @ToInteger()
  @IsInt()
  @Min(0)
  @Max(64)
  PUSH_WORKERS = 4;

  /** `ENV=production` starts the embedded PostgreSQL only when this says so. */
  @ToBoolean()
  @IsBoolean()
  ALLOW_EMBEDDED_DATABASE = false;

  /** Where the embedded PostgreSQL keeps its data. */
  @IsString()
  @IsNotEmpty()
  DATA_DIRECTORY = '.data';

  /**
   * `none`: whoever reaches the port may do everything. The others: how webhooks prove whose they are; all other routes
   * need a key. Absent: `none`, and in production `key-or-signature`.
   */
  @IsIn(['none', 'key-or-signature', 'key-and-signature'])
  AUTHENTICATION: 'none' | 'key-or-signature' | 'key-and-signature';

  /** How many requests a minute each tenant may make, where its settings do not say; 0: as many as may be. */
  @ToInteger()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  REQUESTS_PER_MINUTE = 6_000;

  /** How many requests of one tenant a process works on at once, where the tenant's settings do not say. */
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(1_000)
  CONCURRENT_REQUESTS = 32;

  /** So long a body may take to arrive. */
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(600)
  BODY_TIMEOUT_SECONDS = 30;

  /** For so long a process that is to end still takes requests, and tells those who send them to go elsewhere. Absent: 0, and 5 in production. */
  @ToInteger()
  @IsInt()
  @Min(0)
  @Max(600)
  DRAIN_SECONDS: number;

  /** So long requests under way may take to end, once no more are taken; and then so long calls of Moodle. */
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(600)
  SHUTDOWN_SECONDS = 10;

  /** Whether `/docs`, `/redoc` and `/openapi.json` are served. */
  @ToBoolean()
  @IsBoolean()
  DOCS_ENABLED = true;

  /** Pages of these origins, separated by commas, may call the service from a browser. */
  @IsOptional()
  @Matches(/^https?:\/\/[^\s/,]+(,https?:\/\/[^\s/,]+)*$/, {
    message: 'CORS_ORIGINS must be origins such as https://admin.college.example, separated by commas',
  })
  CORS_ORIGINS?: string;

  @Matches(TENANT_ID_PATTERN, { message: 'DEFAULT_TENANT_ID must match [A-Za-z0-9][A-Za-z0-9_-]{0,63}' })
  DEFAULT_TENANT_ID = 'default';

  @ToInteger()
  @IsInt()
  @Min(1_024)
  @Max(256 * 1_024 * 1_024)
  MAX_BODY_BYTES = 10 * 1_024 * 1_024;

  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(100_000)
  MAX_BATCH_RECORDS = 10_000;
}

/** All the mistakes of a configuration at once, a line each. */
export class InvalidEnvironment extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(
      `The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n- ${mistakes.join('\n- ')}`,
    );
  }
}

/** Reads the variables; an empty one counts as absent, as `.env` files and container settings often leave them. */
export function readEnvironment(variables: Record<string, unknown>): Environment {
  const set = Object.entries(variables).filter(([, value]) => value !== undefined && value !== '');
  const environment = plainToInstance(Environment, Object.fromEntries(set), { exposeDefaultValues: true });
  environment.AUTHENTICATION ??= environment.ENV === 'production' ? 'key-or-signature' : 'none';
  environment.DRAIN_SECONDS ??= environment.ENV === 'production' ? DRAIN_SECONDS_OF_PRODUCTION : 0;
  const mistakes = validateSync(environment, { stopAtFirstError: true }).flatMap((error) =>
    Object.values(error.constraints ?? {}),
  );
  if (environment.ENV === 'production') mistakes.push(...mistakesOfProduction(environment));
  const { MOODLE_BASE_URL, MOODLE_TOKEN } = environment;
  if ((MOODLE_BASE_URL === undefined) !== (MOODLE_TOKEN === undefined)) {
    mistakes.push('MOODLE_BASE_URL and MOODLE_TOKEN must be set together');
  }
  if (mistakes.length > 0) throw new InvalidEnvironment(mistakes);
  return environment;
}
