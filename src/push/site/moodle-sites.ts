import { readFileSync } from 'node:fs';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { z } from 'zod';
import { Environment } from '../../config/environment';
import type { MoodleSite } from '../../moodle/moodle-site';
import { TENANT_ID_PATTERN } from '../../request/tenant-id';

const sites = z.record(
  z.string().regex(TENANT_ID_PATTERN),
  z.strictObject({ baseUrl: z.url({ protocol: /^https?$/ }), token: z.string().min(1) }),
);

/** Which Moodle site belongs to which tenant. */
@Injectable()
export class MoodleSites implements OnApplicationBootstrap {
  private byTenant = new Map<string, MoodleSite>();

  constructor(private readonly environment: Environment) {}

  onApplicationBootstrap(): void {
    const { MOODLE_BASE_URL: baseUrl, MOODLE_TOKEN: token, MOODLE_SITES_FILE: file } = this.environment;
    if (file !== undefined) this.byTenant = new Map(Object.entries(readSites(file)));
    if (baseUrl && token) this.byTenant.set(this.environment.DEFAULT_TENANT_ID, { baseUrl, token });
  }

  /** null when nothing is to be sent: the tenant has no site, or Moodle is switched off. */
  find(tenantId: string): MoodleSite | null {
    return this.environment.MOODLE_ENABLED ? this.findConfigured(tenantId) : null;
  }

  /** Also while Moodle is switched off. */
  findConfigured(tenantId: string): MoodleSite | null {
    return this.byTenant.get(tenantId) ?? null;
  }
}

/** The file holds tokens: what is wrong with it is told by its path, never by its content. */
function readSites(file: string): z.infer<typeof sites> {
  const parsed = sites.safeParse(readJson(file));
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw new Error(`MOODLE_SITES_FILE ${file}: ${paths.slice(0, 10).join('; ')}`);
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new Error(`MOODLE_SITES_FILE ${file} ${why}`, { cause: error });
  }
}
