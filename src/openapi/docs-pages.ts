import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import type { Express, NextFunction, Request, Response } from 'express';
import { openApiDocument, TITLE } from './openapi-document';
import { REDOC_PAGE, REDOC_SCRIPT, redocScript } from './redoc-page';

/** The browser itself refuses to ask any other host for anything, whatever a page's scripts may try. */
const ONLY_FROM_HERE = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `/openapi.json`, and two ways to look at it: Swagger UI at `/docs`, ReDoc at `/redoc`. */
export function serveDocs(app: NestExpressApplication): void {
  app.use(['/docs', '/redoc'], (_request: Request, response: Response, next: NextFunction) => {
    response.setHeader('Content-Security-Policy', ONLY_FROM_HERE);
    next();
  });
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: TITLE,
    // Its default would have a validator on the internet look at every document.
    swaggerOptions: { validatorUrl: null },
  });
  serveRedoc(app);
}

function serveRedoc(app: NestExpressApplication): void {
  const http: Express = app.getHttpAdapter().getInstance();
  let script: string | undefined;
  http.get('/redoc', (_request: Request, response: Response) => response.type('html').send(REDOC_PAGE));
  http.get(REDOC_SCRIPT, (_request: Request, response: Response) => {
    script ??= redocScript();
    response.type('text/javascript').send(script);
  });
}
