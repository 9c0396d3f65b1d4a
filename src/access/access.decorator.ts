import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiSecurity } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Scope } from './scope';

/** What a route asks of whoever calls it. */
export interface SecuredNeed {
  readonly scope: Scope | ((request: Request) => Scope);
  /** whether a webhook's signature will do in place of a key */
  readonly signature?: true;
  /** what the route is about: a tenant's own, or the service as a whole, for which no tenant is looked up */
  readonly about: 'tenant' | 'service';
  /** whether a key of one tenant will not do */
  readonly operator?: true;
}

/** What the route's decorator says of it; `nothing`: anybody may call it. A route without one is called by nobody. */
export const Needs = Reflector.createDecorator<SecuredNeed | 'nothing'>();

/** The names of the ways in, as the OpenAPI document has them. */
const KEYS = [{ bearer: [] }, { apiKey: [] }];
const SIGNATURES = [
  { zohoSignature: [], zohoTimestamp: [] },
  { webhookSignature: [], webhookId: [], webhookTimestamp: [] },
];

const secured = (need: SecuredNeed): MethodDecorator =>
  applyDecorators(Needs(need), ...[...KEYS, ...(need.signature ? SIGNATURES : [])].map((way) => ApiSecurity(way)));

/** Whoever reaches the port may call it; its description says so too, so that one that was forgotten differs. */
export const Open = (): MethodDecorator => Needs('nothing');

/** Takes webhooks: with a key of the scope `sync`, or signed. */
export const TakesWebhooks = (): MethodDecorator => secured({ scope: 'sync', about: 'tenant', signature: true });

/** With a key of this scope, or of the one that the request calls for. */
export const NeedsScope = (scope: Scope | ((request: Request) => Scope)): MethodDecorator =>
  secured({ scope, about: 'tenant' });

/** With a key of this scope, of any tenant: the route itself looks to whose things are meant. */
export const NeedsScopeOfService = (scope: Scope): MethodDecorator => secured({ scope, about: 'service' });

/** With a key of this scope that is of all tenants. */
export const NeedsOperator = (scope: Scope): MethodDecorator => secured({ scope, about: 'service', operator: true });
