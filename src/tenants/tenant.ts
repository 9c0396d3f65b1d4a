export const TENANT_STATES = ['active', 'paused'] as const;
export type TenantState = (typeof TENANT_STATES)[number];

export const AUTHENTICATIONS = ['key-or-signature', 'key-and-signature'] as const;
export type Authentication = (typeof AUTHENTICATIONS)[number];

export const MOST_REQUESTS_PER_MINUTE = 1_000_000;
export const MOST_CONCURRENT = 1_000;

/** Whether it can be called, and shown: an address with a password in it would be shown with it. */
export function isSiteAddress(text: string): boolean {
  const url = /^https?:\/\/[\x21-\x7e]+$/.test(text) ? URL.parse(text) : null;
  return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

/** What is set for one tenant, beside its profile and what is sealed. What is left out is as the service has it. */
export interface TenantSettings {
  /** how its webhooks prove whose they are */
  readonly authentication?: Authentication;
  /** 0: as many as may be */
  readonly requests_per_minute?: number;
  readonly concurrent_requests?: number;
  /** its token is sealed elsewhere */
  readonly moodle_base_url?: string;
}

/** A tenant as it is registered. */
export interface Tenant {
  readonly id: string;
  /** for people; null when nobody has named it */
  readonly name: string | null;
  readonly state: TenantState;
  readonly settings: TenantSettings;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
