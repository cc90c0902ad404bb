import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Demo } from '../../config/demo';
import type { ConstantDocument } from '../openapi/constant-document';

/** The files of the package that the page loads. */
const FILES = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-standalone-preset.js': 'text/javascript; charset=utf-8',
  'favicon-16x16.png': 'image/png',
  'favicon-32x32.png': 'image/png',
};

/** The files of Swagger UI, by path below `/docs`. `demo`: the page uses its first key from the start. */
export function swaggerUi(demo?: Demo): Readonly<Record<string, ConstantDocument>> {
  const directory = dirname(require.resolve('swagger-ui-dist/package.json'));
  const assets = Object.entries(FILES).map(
    ([name, type]) => [`/${name}`, { type, body: readFileSync(join(directory, name)) }] as const,
  );
  return {
    '': page('./docs/'),
    '/': page('./'),
    '/swagger-ui-init.js': { type: 'text/javascript; charset=utf-8', body: Buffer.from(initScript(demo)) },
    ...Object.fromEntries(assets),
  };
}

/** Swagger UI needs inline styles; all assets are of the same origin. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** `base`: the location of the assets, relative to the page. */
function page(base: string): ConstantDocument {
  const html = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Stagedoor</title>
  <link rel="stylesheet" href="${base}swagger-ui.css">
  <link rel="icon" type="image/png" href="${base}favicon-32x32.png" sizes="32x32">
  <link rel="icon" type="image/png" href="${base}favicon-16x16.png" sizes="16x16">
  <style>body { margin: 0 } .swagger-ui .topbar .download-url-wrapper { display: none }</style>
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="${base}swagger-ui-bundle.js"></script>
  <script src="${base}swagger-ui-standalone-preset.js"></script>
  <script src="${base}swagger-ui-init.js"></script>
</body>
</html>
`;
  return {
    type: 'text/html; charset=utf-8',
    body: Buffer.from(html),
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
  };
}

/** In demo the key is shown by design (N1). */
function initScript(demo?: Demo): string {
  const schema = { type: 'apiKey', in: 'header', name: 'X-API-Key' };
  const key = demo?.keys[0]?.key.reveal();
  const authorization = key !== undefined && { apiKey: { name: 'apiKey', schema, value: key } };
  return `const ui = SwaggerUIBundle({
  url: new URL('../openapi.json', document.currentScript.src).href,
  dom_id: '#swagger-ui',
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  persistAuthorization: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
});
${authorization ? `ui.authActions.authorize(${JSON.stringify(authorization)});\n` : ''}`;
}
