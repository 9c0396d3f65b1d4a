import { readFileSync } from 'node:fs';
import { TITLE } from './openapi-document';

export const REDOC_SCRIPT = '/redoc/redoc.standalone.js';

export const REDOC_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${TITLE}</title>
    <link rel="icon" href="data:,">
    <style>body { margin: 0 }</style>
  </head>
  <body>
    <redoc spec-url="/openapi.json"></redoc>
    <script src="${REDOC_SCRIPT}"></script>
  </body>
</html>
`;

/** Beside its link to ReDoc's makers the script shows their logo, from their server. */
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const BLANK_IMAGE = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';

/** ReDoc as its package has it, but for the one image that it would fetch from elsewhere. */
export const redocScript = (): string =>
  readFileSync(require.resolve('redoc/bundles/redoc.standalone.js'), 'utf8').replaceAll(LOGO, BLANK_IMAGE);
