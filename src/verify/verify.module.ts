import { Module } from '@nestjs/common';
import { PushModule } from '../push/push.module';
import { SyncModule } from '../sync/sync.module';
import { ClaimsCheck } from './claims.check';
import { PushRowsCheck } from './push-rows.check';
import { PushScopes } from './push-scope';
import { PushTargetsCheck } from './push-targets.check';
import { ReferencesCheck } from './references.check';
import { RowsCheck } from './rows.check';
import { Snapshot } from './snapshot';
import { Verification } from './verification';
import { WaitingCheck } from './waiting.check';

/** Whether what is stored agrees with itself. */
@Module({
  imports: [PushModule, SyncModule],
  providers: [
    ClaimsCheck,
    PushRowsCheck,
    PushScopes,
    PushTargetsCheck,
    ReferencesCheck,
    RowsCheck,
    Snapshot,
    Verification,
    WaitingCheck,
  ],
})
export class VerifyModule {}
