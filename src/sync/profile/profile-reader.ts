import { readFileSync } from 'node:fs';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Environment } from '../../config/environment';
import { BriefMemory } from '../../database/brief-memory';
import { EntityRegistry } from '../entity-registry';
import type { EntityDefinition } from '../fields';
import { applyProfile } from './apply-profile';
import { checkProfile } from './check-profile';
import { InvalidProfile, type Profile } from './profile';
import { ProfileRepository } from './profile-repository';

/** How a tenant has records read and kept. */
export class TenantMapping {
  private readonly definitions = new Map<string, EntityDefinition>();

  constructor(
    readonly profile: Profile,
    /** counts from 1; 0 when the default profile counts */
    readonly version: number,
    private readonly entities: EntityRegistry,
  ) {}

  /** Whether a record with a missing parent is kept, and applied when that comes. */
  get defers(): boolean {
    return this.profile.waiting ?? true;
  }

  /** The entity's declaration as the tenant has it. */
  definitionOf(definition: EntityDefinition): EntityDefinition {
    let own = this.definitions.get(definition.name);
    if (!own) this.definitions.set(definition.name, (own = applyProfile(definition, this.profile)));
    return own;
  }

  /** The API names of the tenant's modules, of all entities. */
  get zohoModules(): ReadonlySet<string> {
    return new Set(this.entities.all.map(({ definition }) => this.definitionOf(definition).zohoModule));
  }
}

/** Reads tenants' profiles, and remembers each for a moment. */
@Injectable()
export class ProfileReader implements OnApplicationBootstrap {
  private readonly remembered = new BriefMemory<TenantMapping>((tenantId) => this.load(tenantId));
  private standard: Profile = {};
  /** one for all tenants that have no profile of their own: what declarations come to takes 16 kB */
  private standardMapping: TenantMapping | null = null;

  constructor(
    private readonly environment: Environment,
    private readonly entities: EntityRegistry,
    private readonly profiles: ProfileRepository,
  ) {}

  /** The profile of tenants that have none of their own comes from a file. */
  onApplicationBootstrap(): void {
    const { DEFAULT_PROFILE_FILE: file } = this.environment;
    if (file !== undefined) this.standard = readProfileFile(file, this.entities);
  }

  /** The profile that counts for tenants without one of their own. */
  get defaultProfile(): Profile {
    return this.standard;
  }

  /** A profile that another process has changed counts here after two seconds at the latest. */
  read(tenantId: string): Promise<TenantMapping> {
    return this.remembered.read(tenantId);
  }

  private async load(tenantId: string): Promise<TenantMapping> {
    const stored = await this.profiles.find(tenantId);
    const version = stored?.version ?? 0;
    const known = this.remembered.peek(tenantId);
    return known?.version === version ? known : this.mappingOfStored(stored?.profile, version);
  }

  private mappingOfStored(profile: Profile | undefined, version: number): TenantMapping {
    if (profile) return this.mappingOf(profile, version);
    return (this.standardMapping ??= this.mappingOf(this.standard, version));
  }

  mappingOf(profile: Profile, version = 0): TenantMapping {
    return new TenantMapping(profile, version, this.entities);
  }

  forget(tenantId: string): void {
    this.remembered.forget(tenantId);
  }
}

function readProfileFile(file: string, entities: EntityRegistry): Profile {
  try {
    return checkProfile(JSON.parse(readFileSync(file, 'utf8')), entities);
  } catch (error) {
    const why = error instanceof InvalidProfile || error instanceof SyntaxError ? error.message : 'it cannot be read';
    throw new Error(`DEFAULT_PROFILE_FILE ${file}: ${why}`, { cause: error });
  }
}
