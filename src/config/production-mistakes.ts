import type { Environment } from './environment';
import { readSecretKeys, SAMPLE_SECRET_KEYS } from './secret-keys';

/** The password of the addresses in `.env.example`. */
const SAMPLE_PASSWORD = 'password';
const WITH_PASSWORD = ['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'REDIS_URL'] as const;

/** What is good enough to try the service, and must not get into production. @returns a line for each mistake */
export function mistakesOfProduction(environment: Environment): string[] {
  const mistakes: string[] = [];
  if (!environment.DATABASE_URL && !environment.ALLOW_EMBEDDED_DATABASE)
    mistakes.push('DATABASE_URL must be set when ENV=production (or ALLOW_EMBEDDED_DATABASE=true, for a trial)');
  for (const name of WITH_PASSWORD)
    if (hasSamplePassword(environment[name]))
      mistakes.push(`${name} has the sample password of .env.example, which ENV=production refuses`);
  if (environment.AUTHENTICATION === 'none') mistakes.push('AUTHENTICATION must not be none when ENV=production');
  if (environment.SECRET_KEYS === undefined)
    mistakes.push('SECRET_KEYS must be set when ENV=production: echo "first:$(openssl rand -base64 32)"');
  else if (holdsSampleKey(environment.SECRET_KEYS))
    mistakes.push('SECRET_KEYS holds the sample key, which ENV=production refuses: openssl rand -base64 32');
  return mistakes;
}

/** An address that cannot be read is told by whoever connects to it. */
function hasSamplePassword(address: string | undefined): boolean {
  return address !== undefined && URL.parse(address)?.password === SAMPLE_PASSWORD;
}

/** Whatever its id, and wherever it stands. Keys that cannot be read are told on their own. */
function holdsSampleKey(text: string): boolean {
  const [sample] = readSecretKeys(SAMPLE_SECRET_KEYS);
  return text.includes(sample.key.toString('base64'));
}
