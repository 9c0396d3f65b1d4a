import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Environment } from '../../config/environment';
import type { EntityDefinition } from '../fields';
import { IngressParser } from '../ingress-parser';
import type { SyncCall } from '../sync-call';
import { EnvelopeError } from './envelope-error';
import { readBody } from './read-body';
import { readEnvelope } from './read-envelope';

/** Takes a request's body apart into raw records, within the limits. */
@Injectable()
export class EnvelopeReader implements OnModuleInit {
  private readonly zohoModules = new Set<string>();

  constructor(
    private readonly environment: Environment,
    private readonly discovery: DiscoveryService,
  ) {}

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders()) {
      if (instance instanceof IngressParser) this.zohoModules.add(instance.definition.zohoModule);
    }
  }

  /** @throws EnvelopeError when the body as a whole cannot be processed */
  read({ body, contentType }: SyncCall, definition: EntityDefinition): readonly unknown[] {
    const records = readEnvelope(readBody(body, contentType), definition, this.zohoModules);
    const most = this.environment.MAX_BATCH_RECORDS;
    if (records.length <= most) return records;
    throw new EnvelopeError(
      'TOO_MANY_RECORDS',
      `The body has ${records.length} records; at most ${most} are taken at once`,
    );
  }
}
