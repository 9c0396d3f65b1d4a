import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** So many are remembered to be in the list, and need not be written again. */
const MOST_REMEMBERED = 10_000;

/** The list of all tenants, for work that goes through them one by one. */
@Injectable()
export class TenantDirectory {
  private readonly known = new Set<string>();

  constructor(private readonly dataSource: DataSource) {}

  /** Adds the tenant when it is new. */
  async ensure(tenantId: string): Promise<void> {
    if (this.known.has(tenantId)) return;
    await this.dataSource.query('INSERT INTO tenant (id) VALUES ($1) ON CONFLICT DO NOTHING', [tenantId]);
    if (this.known.size >= MOST_REMEMBERED) this.known.clear();
    this.known.add(tenantId);
  }

  async list(): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query('SELECT id FROM tenant ORDER BY id');
    return rows.map(({ id }) => id);
  }
}
