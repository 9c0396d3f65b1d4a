import { Injectable } from '@nestjs/common';
import { EntityRegistry } from '../sync/entity-registry';
import { ProfileReader } from '../sync/profile/profile-reader';
import { ClaimsCheck } from './claims.check';
import type { Looked } from './disagreement';
import { PushRowsCheck } from './push-rows.check';
import { PushTargetsCheck } from './push-targets.check';
import { ReferencesCheck } from './references.check';
import { RowsCheck } from './rows.check';
import { WaitingCheck } from './waiting.check';

/** Looks whether all that is stored of a tenant agrees, and changes nothing. */
@Injectable()
export class Verification {
  constructor(
    private readonly entities: EntityRegistry,
    private readonly profiles: ProfileReader,
    private readonly rows: RowsCheck,
    private readonly references: ReferencesCheck,
    private readonly claims: ClaimsCheck,
    private readonly waiting: WaitingCheck,
    private readonly pushTargets: PushTargetsCheck,
    private readonly pushRows: PushRowsCheck,
  ) {}

  /** Page after page, as long as whoever asks wants more. */
  async *run(tenantId: string): AsyncGenerator<Looked> {
    const mapping = await this.profiles.read(tenantId);
    for (const parts of this.entities.all) {
      yield* this.rows.run(tenantId, parts);
      yield* this.references.run(tenantId, mapping.definitionOf(parts.definition));
      yield* this.claims.run(tenantId, parts);
    }
    yield* this.waiting.run(tenantId);
    yield* this.pushTargets.run(tenantId);
    yield* this.pushRows.run(tenantId);
  }
}
