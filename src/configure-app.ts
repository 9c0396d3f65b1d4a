import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { Logger } from 'nestjs-pino';
import { Environment } from './config/environment';
import { Departure } from './health/departure';
import { serveDocs } from './openapi/docs-pages';
import { lingerAtClose } from './request/lingering-close';
import { limitArrival, ownDeadlines } from './request/request-deadline';
import { nameRequest } from './request/request-id';
import { RequestMetrics } from './request/request-metrics';
import { answerUnreadable } from './request/unreadable-request';

/** An answer is data: a browser that is made to show one as a page loads and runs nothing. */
const NOTHING = { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] };

/** What the running service and the tests set up alike. The application is created with `bodyParser: false`. */
export function configureApp(app: NestExpressApplication): NestExpressApplication {
  app.useLogger(app.get(Logger));
  app.use(nameRequest);
  app.use(app.get(Departure).watch);
  app.use(app.get(RequestMetrics).watch);
  ownDeadlines(app.getHttpServer());
  app.use(limitArrival);
  app.use(lingerAtClose);
  answerUnreadable(app.getHttpServer());
  app.disable('x-powered-by');
  // Hashing every answer for an ETag that no webhook asks for costs a quarter of a small request.
  app.disable('etag');
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: NOTHING } }));
  const { CORS_ORIGINS, DOCS_ENABLED } = app.get(Environment);
  if (CORS_ORIGINS !== undefined) app.enableCors({ origin: CORS_ORIGINS.split(','), maxAge: 3_600 });
  if (DOCS_ENABLED) serveDocs(app);
  return app;
}
