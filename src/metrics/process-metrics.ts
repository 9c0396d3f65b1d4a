import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Memory, processor time, event loop and garbage collection of this process, under prom-client's usual names. */
export const watchProcess = (registry: Registry): void => collectDefaultMetrics({ register: registry });
