import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { StandingGauges } from './standing-gauges';

/** What Prometheus reads. */
@Injectable()
export class MetricsPage {
  constructor(
    private readonly registry: Registry,
    private readonly standings: StandingGauges,
  ) {}

  get contentType(): string {
    return this.registry.contentType;
  }

  async read(): Promise<string> {
    await this.standings.refresh();
    return this.registry.metrics();
  }
}
