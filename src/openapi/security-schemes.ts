import type { SecuritySchemeObject } from '@nestjs/swagger';

const header = (name: string, description: string): SecuritySchemeObject => ({
  type: 'apiKey',
  in: 'header',
  name,
  description,
});

/** The ways in. What belongs to one signature stands together in a route's requirement. */
export const SECURITY_SCHEMES: Readonly<Record<string, SecuritySchemeObject>> = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'mzi_…', description: 'A key of the service.' },
  apiKey: header('X-API-Key', 'The same key, for callers that cannot send an Authorization header.'),
  zohoSignature: header(
    'X-Zoho-Signature',
    '`sha256=` and the HMAC-SHA256, in hexadecimal or Base64, of `<timestamp>.<body>` under the tenant’s webhook secret.',
  ),
  zohoTimestamp: header('X-Zoho-Timestamp', 'Seconds or milliseconds since 1970, within 5 minutes of now.'),
  webhookSignature: header('webhook-signature', 'As Standard Webhooks has it: `v1,<Base64>`.'),
  webhookId: header('webhook-id', 'As Standard Webhooks has it.'),
  webhookTimestamp: header('webhook-timestamp', 'As Standard Webhooks has it; within 5 minutes of now.'),
};
