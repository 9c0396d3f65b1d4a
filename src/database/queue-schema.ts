import { PgBoss } from 'pg-boss';
import type { Client } from 'pg';

/** The schema of the queue's own tables. They hold no more of a tenant than its id: their rows know no row-level security. */
export const QUEUE_SCHEMA = 'queue';

/** The queue of doorbells: a tenant has something to be pushed. */
export const PUSH_QUEUE = 'push';

/** pg-boss looks for dead workers at this pace, and takes 10 s at least. */
const HEARTBEAT_SECONDS = 10;

/**
 * Brings the queue's tables up to date.
 *
 * @param owner a connection of the role that owns them
 * @param role the role that uses them
 */
export async function prepareQueue(ownerUrl: string, owner: Client, role: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    schema: QUEUE_SCHEMA,
    supervise: false,
    schedule: false,
    registerInstance: false,
    max: 2,
  });
  await boss.start();
  try {
    const options = {
      retryLimit: 3,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: 600,
      deleteAfterSeconds: 60,
      retentionSeconds: 3_600,
    };
    await boss.createQueue(PUSH_QUEUE, options);
    await boss.updateQueue(PUSH_QUEUE, options);
  } finally {
    await boss.stop({ graceful: false });
  }
  await owner.query(`GRANT USAGE ON SCHEMA ${QUEUE_SCHEMA} TO ${role}`);
  await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${QUEUE_SCHEMA} TO ${role}`);
  await owner.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${QUEUE_SCHEMA} TO ${role}`);
}
