import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { AliveEndpoint, ReadyEndpoint } from '../openapi/health-endpoint.decorator';
import { httpStatusOf, type Ready, Readiness } from './readiness';

@ApiTags('health')
@Controller('v1/health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @AliveEndpoint()
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @ReadyEndpoint()
  async ready(@Res({ passthrough: true }) response: Response): Promise<Ready> {
    const ready = await this.readiness.look();
    response.status(httpStatusOf(ready));
    return ready;
  }
}
