import type { INestApplicationContext } from '@nestjs/common';
import { Registry } from 'prom-client';
import { watchProcess } from '../metrics/process-metrics';
import { WatchServer } from '../metrics/watch-server';
import type { CommandInput } from './command';

/** Lets Prometheus see how the process is, at METRICS_PORT if there is one. */
export async function letWatch(
  app: INestApplicationContext,
  { environment: { METRICS_PORT: port, METRICS_HOST: host }, print }: CommandInput,
): Promise<void> {
  watchProcess(app.get(Registry));
  if (port === undefined) return;
  try {
    print(`Metrics on ${await app.get(WatchServer).listen(port, host)}/metrics`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EADDRNOTAVAIL') throw error;
    throw new Error(
      `METRICS_PORT ${port} cannot be had at ${host}: ${code === 'EADDRINUSE' ? 'it is taken' : 'there is no such address here'}`,
      {
        cause: error,
      },
    );
  }
}
