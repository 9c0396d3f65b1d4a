import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { BriefMemory } from '../../database/brief-memory';
import { Problem } from '../../request/problem';
import type { Principal } from '../principal';
import { hashOfSecret, readKeyText } from './key-text';
import { type ApiKey, KeyRepository } from './key.repository';

type StoredKey = (ApiKey & { readonly hash: string }) | null;

const BEARER = /^bearer +(\S+) *$/i;

/** Says whose key a request carries. */
@Injectable()
export class KeyCheck {
  private readonly remembered = new BriefMemory<StoredKey>((id) => this.load(id));

  constructor(private readonly keys: KeyRepository) {}

  /** @returns null when the request carries none @throws Problem when it carries one that lets nobody in */
  async check(request: Request): Promise<Principal | null> {
    const given = keyOf(request);
    if (given === null) return null;
    const text = readKeyText(given);
    const key = text && (await this.remembered.read(text.id));
    if (!text || !key || !isSecret(text.secret, key.hash)) throw refused('The key is not known');
    if (key.state !== 'live')
      throw refused(`The key has been ${key.state === 'revoked' ? 'revoked' : 'valid until now: it has expired'}`);
    return {
      actor: `key ${key.id} (${key.name})`,
      keyId: key.id,
      tenantId: key.tenant_id,
      scopes: new Set(key.scopes),
      requestsPerMinute: key.requests_per_minute,
    };
  }

  forget(id: string): void {
    this.remembered.forget(id);
  }

  private async load(id: string): Promise<StoredKey> {
    const key = await this.keys.find(id);
    if (key?.state === 'live') await this.keys.touch(id);
    return key;
  }
}

/** A header that is there but empty, malformed or repeated is a wrong key, never none. */
function keyOf(request: Request): string | null {
  const { authorization, 'x-api-key': apiKey } = request.headersDistinct;
  if (authorization === undefined && apiKey === undefined) return null;
  const bearers = (authorization ?? []).map((value) => BEARER.exec(value)?.[1] ?? '');
  const given = new Set([...bearers, ...(apiKey ?? [])]);
  if (given.size > 1) throw refused('The request carries several keys');
  return [...given][0] ?? '';
}

/** Compares hashes, and those in constant time, so that the time tells nothing of the secret. */
const isSecret = (secret: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(hashOfSecret(secret), 'hex'), Buffer.from(hash, 'hex'));

const refused = (detail: string): Problem => new Problem('UNAUTHENTICATED', detail);
