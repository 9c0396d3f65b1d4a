import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Lines that say which subjects have changed; each method is one statement. */
@Injectable()
export class MarkRepository {
  /** Locks nothing that another request might want. */
  async add(db: EntityManager, tenantId: string, subjects: readonly string[]): Promise<void> {
    await db.query('INSERT INTO push_mark (tenant_id, subject) SELECT $1, unnest($2::text[])', [tenantId, subjects]);
  }

  /** Marks every record of these entities, whatever became of it. */
  async addAll(db: EntityManager, tenantId: string, entities: readonly string[]): Promise<void> {
    const rows = entities.map((entity) => `SELECT '${entity}:' || zoho_id FROM "${entity}" WHERE tenant_id = $1`);
    await db.query(
      `INSERT INTO push_mark (tenant_id, subject)
       SELECT $1, subject FROM (${rows.join(' UNION ALL ')}
         UNION SELECT subject FROM push_target WHERE tenant_id = $1) AS known (subject)`,
      [tenantId],
    );
  }

  /** Takes marks away, the oldest first. @returns their subjects */
  async take(db: EntityManager, tenantId: string, limit: number): Promise<{ subjects: string[]; count: number }> {
    const [lines]: [{ subject: string }[], number] = await db.query(
      `DELETE FROM push_mark WHERE tenant_id = $1 AND id IN (
         SELECT id FROM push_mark WHERE tenant_id = $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
       RETURNING subject`,
      [tenantId, limit],
    );
    return { subjects: [...new Set(lines.map(({ subject }) => subject))], count: lines.length };
  }

  /** Nothing is known of these persons any longer; what Moodle has of them is left to those who look after it. */
  async erase(db: EntityManager, tenantId: string, subjects: readonly string[]): Promise<number> {
    await db.query('DELETE FROM push_mark WHERE tenant_id = $1 AND subject = ANY($2::text[])', [tenantId, subjects]);
    const [, count]: [unknown, number] = await db.query(
      'DELETE FROM push_target WHERE tenant_id = $1 AND subject = ANY($2::text[])',
      [tenantId, subjects],
    );
    return count;
  }
}
