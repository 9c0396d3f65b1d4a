import { Registry } from 'prom-client';
import { readEnvironment } from '../../../src/config/environment';
import { MoodleCallMetrics } from '../../../src/moodle/moodle-call-metrics';
import { MoodleClient } from '../../../src/moodle/moodle-client';
import { MoodleError } from '../../../src/moodle/moodle-error';
import { OutgoingCalls } from '../../../src/outgoing/outgoing-calls';
import { LOOPBACK } from '../loopback';

/** The client of Moodle without the rest of the service. */
export class OwnClient {
  readonly call: MoodleClient['call'];
  private readonly outgoing: OutgoingCalls;

  constructor(variables: Record<string, string> = {}) {
    const environment = readEnvironment({ OUTGOING_ALLOWED_ADDRESSES: LOOPBACK, ...variables });
    this.outgoing = new OutgoingCalls(environment);
    const client = new MoodleClient(environment, new MoodleCallMetrics(new Registry()), this.outgoing);
    this.call = client.call.bind(client);
  }

  close(): void {
    this.outgoing.onApplicationShutdown();
  }
}

export async function failureOf(call: Promise<unknown>): Promise<MoodleError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof MoodleError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}
