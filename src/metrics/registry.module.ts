import { Module } from '@nestjs/common';
import { Registry } from 'prom-client';

/** What the service counts. Whoever counts injects the `Registry`, and looks after its own metrics. */
@Module({
  providers: [{ provide: Registry, useFactory: () => new Registry() }],
  exports: [Registry],
})
export class RegistryModule {}
