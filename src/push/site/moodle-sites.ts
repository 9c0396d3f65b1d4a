import { readFileSync } from 'node:fs';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { z } from 'zod';
import { Environment } from '../../config/environment';
import type { MoodleSite } from '../../moodle/moodle-site';
import { TENANT_ID_PATTERN } from '../../request/tenant-id';
import { UnreadableSecret } from '../../secrets/unreadable-secret';
import { TenantDirectory } from '../../tenants/tenant-directory';
import { MoodleToken, type OwnMoodle } from './moodle-token';

const sites = z.record(
  z.string().regex(TENANT_ID_PATTERN),
  z.strictObject({ baseUrl: z.url({ protocol: /^https?$/ }), token: z.string().min(1) }),
);

/** Which Moodle site belongs to which tenant: the one that is set for it, else the one of the environment. */
@Injectable()
export class MoodleSites implements OnApplicationBootstrap {
  private readonly log = new Logger(MoodleSites.name);
  private configured = new Map<string, MoodleSite>();

  constructor(
    private readonly environment: Environment,
    private readonly tenants: TenantDirectory,
    private readonly tokens: MoodleToken,
  ) {}

  /** Whoever is named in the environment is registered by that. */
  async onApplicationBootstrap(): Promise<void> {
    const { MOODLE_BASE_URL: baseUrl, MOODLE_TOKEN: token, MOODLE_SITES_FILE: file } = this.environment;
    if (file !== undefined) this.configured = new Map(Object.entries(readSites(file)));
    if (baseUrl && token) this.configured.set(this.environment.DEFAULT_TENANT_ID, { baseUrl, token });
    await this.tenants.ensure([this.environment.DEFAULT_TENANT_ID, ...this.configured.keys()]);
  }

  /** null when nothing is to be sent: the tenant has no site or is paused, or Moodle is switched off. */
  async find(tenantId: string): Promise<MoodleSite | null> {
    if (!this.environment.MOODLE_ENABLED) return null;
    const tenant = await this.tenants.find(tenantId);
    return tenant?.state === 'paused' ? null : this.findConfigured(tenantId);
  }

  /** The same without its token, for whoever only watches. */
  async isToBePushedTo(tenantId: string): Promise<boolean> {
    if (!this.environment.MOODLE_ENABLED) return false;
    const tenant = await this.tenants.find(tenantId);
    if (tenant?.state === 'paused') return false;
    return tenant?.settings.moodle_base_url !== undefined || this.configured.has(tenantId);
  }

  /** Also while Moodle is switched off, or the tenant is paused. */
  async findConfigured(tenantId: string): Promise<MoodleSite | null> {
    const configured = this.configured.get(tenantId) ?? null;
    if ((await this.tenants.find(tenantId))?.settings.moodle_base_url === undefined) return configured;
    const own = await this.readOwn(tenantId);
    if (own?.baseUrl === null) return configured;
    return own?.token ? { baseUrl: own.baseUrl, token: own.token } : null;
  }

  /** Without asking anybody, for whoever is in the middle of a transaction: whether there may be a site to send to. */
  mayHave(tenantId: string): boolean {
    if (!this.environment.MOODLE_ENABLED) return false;
    return this.configured.has(tenantId) || this.tenants.mayHave(tenantId, ({ settings }) => settings.moodle_base_url);
  }

  private async readOwn(tenantId: string): Promise<OwnMoodle | null> {
    try {
      return await this.tokens.read(tenantId);
    } catch (error) {
      if (!(error instanceof UnreadableSecret)) throw error;
      this.log.error(`Nothing is pushed for ${tenantId}: ${error.message}`);
      return null;
    }
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
