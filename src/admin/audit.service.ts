import { Injectable } from '@nestjs/common';
import { type Act, SERVICE } from '../audit/audit-log';
import { TenantTransaction } from '../database/tenant-transaction';
import { Problem } from '../request/problem';
import type { Caller } from '../request/caller.decorator';
import { type PageOf, toPage, uuidOf } from '../sync/cursor';

/** One act of an administrator, as the route answers it. */
export interface AuditView {
  readonly audit_id: string;
  /** null: it concerns the service as a whole */
  readonly tenant_id: string | null;
  readonly at: string;
  readonly actor: string;
  readonly act: Act;
  readonly subject: string;
  readonly before: object | null;
  readonly after: object | null;
  readonly request_id: string | null;
}

export interface AuditRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly act?: Act | undefined;
  /** what concerns the service as a whole, rather than a tenant */
  readonly service: boolean;
}

interface AuditLine extends Omit<AuditView, 'audit_id' | 'tenant_id' | 'at'> {
  readonly id: string;
  readonly tenant_id: string;
  readonly at: Date;
}

/** Reads who has changed what. */
@Injectable()
export class AuditService {
  constructor(private readonly transaction: TenantTransaction) {}

  /** The newest first. @throws MalformedCursor, Problem */
  async findPage(by: Caller, { limit, cursor, act, service }: AuditRequest): Promise<PageOf<AuditView>> {
    if (service && !by.isOperator) throw new Problem('SCOPE_MISSING', 'This needs a key of all tenants');
    const whose = service ? SERVICE : by.tenantId;
    const before = uuidOf(cursor);
    const lines = await this.transaction.run(whose, (db) =>
      db.query<AuditLine[]>(
        `SELECT id, tenant_id, at, actor, act, subject, before, after, request_id FROM audit_entry
         WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR act = $3)
         ORDER BY id DESC LIMIT $4`,
        [whose, before, act ?? null, limit + 1],
      ),
    );
    return toPage(lines, limit, ({ id }) => id, toView);
  }
}

const toView = ({ id, tenant_id: tenantId, at, ...line }: AuditLine): AuditView => ({
  audit_id: id,
  tenant_id: tenantId === SERVICE ? null : tenantId,
  at: at.toISOString(),
  actor: line.actor,
  act: line.act,
  subject: line.subject,
  before: line.before,
  after: line.after,
  request_id: line.request_id,
});
