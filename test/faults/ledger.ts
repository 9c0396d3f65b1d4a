import { VERSIONED, type VersionedEntity } from './versions';

/** A version of a record, in a request. */
interface SentVersion {
  readonly id: string;
  readonly version: number;
}

/** A request as its sender keeps it, to send it again. */
export interface SentRequest {
  readonly entity: VersionedEntity;
  readonly key: string;
  readonly body: string;
  readonly versions: readonly SentVersion[];
}

/** What it was answered. */
export interface Acknowledged extends SentRequest {
  readonly answer: string;
  /** by `performance.now()` */
  readonly at: number;
}

interface Standing {
  sent: number;
  acknowledged: number;
}

/** What a tenant's Zoho has sent, and what it was promised. */
export class Ledger {
  readonly acknowledged: Acknowledged[] = [];
  /** answers that no fault excuses */
  readonly surprises: string[] = [];
  /** how often a request had to be sent again, by what became of it */
  readonly again: Record<string, number> = {};
  /** what became of the versions that were acknowledged */
  readonly outcomes: Record<string, number> = {};
  private readonly records = new Map<string, Standing & { entity: VersionedEntity; id: string }>();
  private requests = 0;

  /** A request with the next version of each of the records. */
  next(entity: VersionedEntity, ids: readonly string[]): SentRequest {
    this.requests += 1;
    const versions = ids.map((id) => {
      const record = this.standing(entity, id);
      record.sent += 1;
      return { id, version: record.sent };
    });
    const data = versions.map(({ id, version }) => VERSIONED[entity].record(id, version));
    return { entity, key: `request ${this.requests}`, body: JSON.stringify({ data }), versions };
  }

  acknowledge(request: SentRequest, answer: string): void {
    this.acknowledged.push({ ...request, answer, at: performance.now() });
    const { results } = JSON.parse(answer) as { results: { status: string; message: string }[] };
    for (const [at, { id, version }] of request.versions.entries()) {
      const result = results[at];
      const record = this.standing(request.entity, id);
      if (!result || !PROMISES.has(result.status)) this.surprises.push(`${id} V${version}: ${JSON.stringify(result)}`);
      else record.acknowledged = Math.max(record.acknowledged, version);
      if (result) this.outcomes[result.status] = (this.outcomes[result.status] ?? 0) + 1;
    }
  }

  retry(why: string): void {
    this.again[why] = (this.again[why] ?? 0) + 1;
  }

  /** Of every record: the newest version that was promised to be kept, and the newest that may have come. */
  get standings(): readonly (Readonly<Standing> & { readonly entity: VersionedEntity; readonly id: string })[] {
    return [...this.records.values()];
  }

  private standing(entity: VersionedEntity, id: string): Standing & { entity: VersionedEntity; id: string } {
    const key = `${entity} ${id}`;
    let record = this.records.get(key);
    if (!record) this.records.set(key, (record = { entity, id, sent: 0, acknowledged: 0 }));
    return record;
  }
}

/** After any of them the version sent, or a newer one, is stored. */
const PROMISES = new Set(['NEW', 'UPDATED', 'UNCHANGED', 'STALE']);
