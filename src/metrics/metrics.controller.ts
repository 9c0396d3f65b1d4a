import { Controller, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { MetricsEndpoint } from '../openapi/metrics-endpoint.decorator';
import { MetricsPage } from './metrics-page';

@ApiTags('metrics')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly page: MetricsPage) {}

  @MetricsEndpoint()
  read(@Res({ passthrough: true }) response: Response): Promise<string> {
    response.type(this.page.contentType);
    return this.page.read();
  }
}
