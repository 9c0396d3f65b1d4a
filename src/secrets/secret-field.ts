/** What is kept sealed for a tenant. A field has slots, so that an old secret stays valid while a new one takes over. */
export type SecretField = 'moodle.token' | 'webhook.secret';
