import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { Histogram, Registry } from 'prom-client';

/** A webhook of one record takes some 10 ms, one of 10,000 a few seconds. */
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts requests by method, route and class of status. All three are few: a route is told as it is declared. */
@Injectable()
export class RequestMetrics {
  private readonly durations: Histogram<'method' | 'route' | 'status'>;

  constructor(registry: Registry) {
    this.durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'How long requests took, by method, route and class of status; aborted: the caller had gone',
      labelNames: ['method', 'route', 'status'],
      buckets: BUCKETS_SECONDS,
      registers: [registry],
    });
  }

  /** Express's middleware; comes before all that may answer. */
  readonly watch = (request: Request, response: Response, next: NextFunction): void => {
    const began = performance.now();
    response.once('close', () => this.count(request, response, performance.now() - began));
    next();
  };

  private count({ method, route }: RoutedRequest, response: Response, milliseconds: number): void {
    const labels = {
      method: METHODS.has(method) ? method : 'other',
      // What Nest answers 404 has a route of Nest's own, which is no path.
      route: route?.path.startsWith('/') ? route.path : 'none',
      status: response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'aborted',
    };
    this.durations.observe(labels, milliseconds / 1_000);
  }
}

interface RoutedRequest {
  readonly method: string;
  readonly route?: { readonly path: string };
}
