import { Controller } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CheckMoodleEndpoint,
  PauseMoodleEndpoint,
  ReadMoodleEndpoint,
  ResumeMoodleEndpoint,
} from '../openapi/moodle-endpoint.decorator';
import type { PushStatus } from '../push/site/push-status';
import type { SiteReport } from '../push/site/site-check';
import { By, type Caller } from '../request/caller.decorator';
import { JsonBody } from '../request/json-body.decorator';
import { Tenant } from '../request/tenant.decorator';
import { MoodleService } from './moodle.service';
import { noteOf } from './pushes-query.dto';

/** A tenant's Moodle as a whole. */
@ApiTags('pushes')
@Controller('v1/admin/moodle')
export class MoodleController {
  constructor(private readonly moodle: MoodleService) {}

  @ReadMoodleEndpoint()
  read(@Tenant() tenantId: string): Promise<PushStatus> {
    return this.moodle.read(tenantId);
  }

  @CheckMoodleEndpoint()
  check(@Tenant() tenantId: string): Promise<SiteReport> {
    return this.moodle.check(tenantId);
  }

  @PauseMoodleEndpoint()
  pause(@By() by: Caller, @JsonBody() body: unknown): Promise<PushStatus> {
    return this.moodle.pause(by, noteOf(body));
  }

  @ResumeMoodleEndpoint()
  resume(@By() by: Caller): Promise<PushStatus> {
    return this.moodle.resume(by);
  }
}
