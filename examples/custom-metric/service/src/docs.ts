import { readFile } from 'fs/promises';
import * as path from 'path';
import { Answer } from './answer';

/** The files of Swagger UI that the page needs. Nothing else of its folder is served, whatever a path says. */
const assetTypes: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const assetFolder = path.dirname(require.resolve('swagger-ui-dist/package.json'));

const page = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Random facts</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="icon" href="/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script>
      SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', validatorUrl: null, tryItOutEnabled: true });
    </script>
  </body>
</html>
`;

export function docsPage(): Answer {
  return { status: 200, type: 'text/html; charset=utf-8', body: page };
}

/** A file of Swagger UI, or nothing where the page needs none of that name. */
export async function docsAsset(name: string): Promise<Answer | undefined> {
  const type = Object.hasOwn(assetTypes, name) ? assetTypes[name] : undefined;
  if (type === undefined) return undefined;
  return { status: 200, type, body: await readFile(path.join(assetFolder, name)) };
}
