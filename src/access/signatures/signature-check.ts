import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { BodyReader } from '../../request/body-reader';
import { Problem } from '../../request/problem';
import { rawBodyOf } from '../../request/raw-body';
import type { Principal } from '../principal';
import { type GivenSignature, signatureOf } from './signature-headers';
import { WebhookSecrets } from './webhook-secrets';

/** So far a message's time may be from ours, either way. */
const TOLERANCE_MS = 5 * 60_000;

/** Says whether a request is signed with a secret of the tenant. */
@Injectable()
export class SignatureCheck {
  constructor(
    private readonly secrets: WebhookSecrets,
    private readonly bodies: BodyReader,
  ) {}

  /**
   * @param isProved whether a key has said already who calls
   * @returns null when it is not signed
   * @throws Problem when it is, and not as it should be
   */
  async check(request: Request, response: Response, tenantId: string, isProved: boolean): Promise<Principal | null> {
    const given = signatureOf(request);
    if (!given) return null;
    // What can be refused without reading a body is.
    if (!(Math.abs(Date.now() - given.at) <= TOLERANCE_MS)) {
      throw refused('The signature has no time stamp, or one that is more than 5 minutes from now');
    }
    const secrets = await this.secrets.read(tenantId);
    if (isProved) await this.bodies.read(request, response);
    else if (secrets.length > 0) await this.bodies.readStrangers(request, response);
    const body = rawBodyOf(request);
    if (!secrets.some((secret) => isSignedWith(given, secret, body))) {
      throw refused('The signature is made with no secret of this tenant, or of another body');
    }
    request.signedMessageId = given.messageId(body);
    return {
      actor: `signature of ${tenantId}`,
      keyId: null,
      tenantId,
      scopes: new Set(['sync'] as const),
      requestsPerMinute: null,
    };
  }
}

/** In constant time for each signature, so that the time does not tell how much of a guess is right. */
function isSignedWith({ signatures, sign }: GivenSignature, secret: string, body: Buffer): boolean {
  const right = sign(secret, body);
  return signatures.some((signature) => signature.length === right.length && timingSafeEqual(signature, right));
}

const refused = (detail: string): Problem => new Problem('UNAUTHENTICATED', detail);
