import { Injectable } from '@nestjs/common';
import type { TenantDb } from '../database/tenant-db';
import { TenantTransaction } from '../database/tenant-transaction';
import { KeyRing } from './key-ring';
import { type Resealed, SealedRepository, type SealedSecret } from './sealed.repository';
import { UnreadableSecret } from './unreadable-secret';

const PORTION = 500;

/** What became of the secrets that were looked at. */
export interface RotationCounts {
  /** sealed anew by the first key */
  readonly rotated: number;
  /** sealed by the first key before */
  readonly current: number;
  /** that no key opens; they are left as they are */
  readonly unreadable: number;
}

interface Portion {
  readonly counts: RotationCounts;
  readonly last: SealedSecret | null;
}

interface Sorted extends Pick<RotationCounts, 'current' | 'unreadable'> {
  readonly resealed: readonly Resealed[];
}

const NONE: RotationCounts = { rotated: 0, current: 0, unreadable: 0 };

/** Seals anew, by the first key of SECRET_KEYS, what others have sealed; afterwards those can be dropped. */
@Injectable()
export class SecretRotation {
  constructor(
    private readonly transaction: TenantTransaction,
    private readonly ring: KeyRing,
    private readonly sealed: SealedRepository,
  ) {}

  /** Tenant by tenant, and a transaction for each portion; what is changed meanwhile is not overwritten. */
  async rotate(tenantIds: readonly string[]): Promise<RotationCounts> {
    let counts = NONE;
    for (const tenantId of tenantIds) counts = sum(counts, await this.rotateTenant(tenantId));
    return counts;
  }

  private async rotateTenant(tenantId: string): Promise<RotationCounts> {
    let counts = NONE;
    let last: SealedSecret | null = null;
    do {
      const after: SealedSecret | null = last;
      const portion: Portion = await this.transaction.run(tenantId, (db) => this.rotatePortion(db, tenantId, after));
      counts = sum(counts, portion.counts);
      last = portion.last;
    } while (last);
    return counts;
  }

  /** Those that somebody else was faster to change are looked at again, as that may have been done by an old key. */
  private async rotatePortion(db: TenantDb, tenantId: string, after: SealedSecret | null): Promise<Portion> {
    let secrets = await this.sealed.readPortion(db, tenantId, after, PORTION);
    const last = secrets.at(-1) ?? null;
    let counts = NONE;
    while (secrets.length > 0) {
      const { resealed, current, unreadable } = this.sort(tenantId, secrets);
      const overtaken = resealed.length > 0 ? await this.sealed.replace(db, tenantId, resealed) : [];
      counts = sum(counts, { rotated: resealed.length - overtaken.length, current, unreadable });
      secrets = overtaken.length > 0 ? await this.sealed.readAgain(db, tenantId, overtaken) : [];
    }
    return { counts, last };
  }

  /** Each is opened, the current ones too: when none is unreadable, all can be read. */
  private sort(tenantId: string, secrets: readonly SealedSecret[]): Sorted {
    const resealed: Resealed[] = [];
    let current = 0;
    let unreadable = 0;
    for (const { field, slot, sealed } of secrets) {
      const plain = this.openIfPossible(tenantId, { field, slot, sealed });
      if (plain === null) unreadable += 1;
      else if (this.ring.isCurrent(sealed)) current += 1;
      else resealed.push({ field, slot, former: sealed, sealed: this.ring.seal(tenantId, field, plain) });
    }
    return { resealed, current, unreadable };
  }

  private openIfPossible(tenantId: string, { field, sealed }: SealedSecret): string | null {
    try {
      return this.ring.open(tenantId, field, sealed);
    } catch (error) {
      if (error instanceof UnreadableSecret) return null;
      throw error;
    }
  }
}

const sum = (one: RotationCounts, other: RotationCounts): RotationCounts => ({
  rotated: one.rotated + other.rotated,
  current: one.current + other.current,
  unreadable: one.unreadable + other.unreadable,
});
