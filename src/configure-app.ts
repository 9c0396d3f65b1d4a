import type { NestExpressApplication } from '@nestjs/platform-express';
import { raw } from 'express';
import { Logger } from 'nestjs-pino';
import { Environment } from './config/environment';
import { serveDocs } from './openapi/docs-pages';
import { nameRequest } from './request/request-id';
import { answerUnreadable } from './request/unreadable-request';

/** What the running service and the tests set up alike. The application is created with `bodyParser: false`. */
export function configureApp(app: NestExpressApplication): NestExpressApplication {
  app.useLogger(app.get(Logger));
  app.use(nameRequest);
  answerUnreadable(app.getHttpServer());
  app.disable('x-powered-by');
  // Hashing every answer for an ETag that no webhook asks for costs a quarter of a small request.
  app.disable('etag');
  app.use(['/v1/sync', '/v1/admin'], raw({ type: () => true, limit: app.get(Environment).MAX_BODY_BYTES }));
  serveDocs(app);
  return app;
}
