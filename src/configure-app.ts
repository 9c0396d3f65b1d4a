import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { raw } from 'express';
import { Logger } from 'nestjs-pino';
import { Environment } from './config/environment';

/** What the running service and the tests set up alike. The application is created with `bodyParser: false`. */
export function configureApp(app: NestExpressApplication): NestExpressApplication {
  app.useLogger(app.get(Logger));
  app.disable('x-powered-by');
  // Hashing every answer for an ETag that no webhook asks for costs a quarter of a small request.
  app.disable('etag');
  app.use('/v1/sync', raw({ type: () => true, limit: app.get(Environment).MAX_BODY_BYTES }));
  describeApi(app);
  return app;
}

function describeApi(app: NestExpressApplication): void {
  const document = new DocumentBuilder()
    .setTitle('Zoho CRM to Moodle sync')
    .setDescription('Takes records of Zoho CRM in, says what became of each, and reads them back.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, document), {
    jsonDocumentUrl: 'openapi.json',
  });
}
