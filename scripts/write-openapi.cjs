// Writes openapi.json from the built service, which is only previewed: nothing of it is started, no database is needed.
require('reflect-metadata');
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { NestFactory } = require('@nestjs/core');
const { AppModule } = require('../dist/src/app.module');
const { readEnvironment } = require('../dist/src/config/environment');
const { openApiDocument } = require('../dist/src/openapi/openapi-document');

async function main() {
  const app = await NestFactory.create(AppModule.with(readEnvironment({})), { preview: true, logger: false });
  writeFileSync(path.join(__dirname, '..', 'openapi.json'), `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
