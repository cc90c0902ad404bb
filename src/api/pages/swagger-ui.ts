import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Demo } from '../../config/demo';
import { SCOPES } from '../../context/caller';
import type { ConstantDocument } from '../openapi/constant-document';
import { assetPath } from './assets';
import { html } from './html';
import { renderPage } from './page';

const PACKAGE = dirname(require.resolve('swagger-ui-dist/package.json'));

/**
 * Like that of all pages, with two exceptions. Swagger UI makes HTML of texts, which DOMPurify has cleaned, so trusted types cannot be
 * required. And its style sheet has images in `data:` URLs.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'connect-src'].map((directive) => `${directive} 'self'`),
  "img-src 'self' data:",
  ...['base-uri', 'form-action', 'frame-ancestors'].map((directive) => `${directive} 'none'`),
].join('; ');

/** The files of Swagger UI, by path below `/docs`. `demo`: the page offers its keys, and uses the first one from the start. */
export function swaggerUi(demo?: Demo): Readonly<Record<string, ConstantDocument>> {
  return {
    '': page('./', demo),
    '/': page('../', demo),
    '/swagger-ui-bundle.js': { type: 'text/javascript; charset=utf-8', body: file('swagger-ui-bundle.js') },
    '/swagger-ui.css': { type: 'text/css; charset=utf-8', body: Buffer.from(styles()) },
  };
}

const file = (name: string): Buffer => readFileSync(join(PACKAGE, name));

/** Its text has the colour of all pages. Its own dark mode, which no class switches on here, would be a second palette. */
function styles(): string {
  return file('swagger-ui.css').toString().replaceAll('color:#3b4151', 'color:var(--text)');
}

/** `root`: the location of `/`, relative to the page. */
function page(root: './' | '../', demo?: Demo): ConstantDocument {
  const keys = demo?.keys.map(({ key, ...shown }) => ({ ...shown, key: key.reveal() })) ?? [];
  const settings = JSON.stringify({ keys, scopes: SCOPES, document: demo ? 'docs/openapi.json' : 'openapi.json' });
  const main = html`<link rel="stylesheet" href="${root}docs/swagger-ui.css">
    <link rel="stylesheet" href="${root}${assetPath('swagger-page.css')}">
    <section class="strip" aria-label="Credentials in use">
      <span class="strip-field">
        <label for="strip-caller">Key</label>
        <select id="strip-caller">
          <option value="none">none</option>
          <option value="pasted" hidden>a pasted key</option>
        </select>
      </span>
      <span class="strip-field" id="strip-tenant-field" hidden>
        <label for="strip-tenant">Tenant</label>
        <select id="strip-tenant"></select>
      </span>
      <output id="strip-identity"></output>
      <button type="button" id="strip-authorize">Paste a key</button>
      <nav aria-label="This API">
        <a href="${root}openapi.json">openapi.json</a>
        <a href="${root}openapi.yaml">openapi.yaml</a>
        <a href="#/audit" id="strip-trail">Audit trail</a>
      </nav>
    </section>
    <div id="swagger-ui" data-settings="${settings}"></div>
    <script src="${root}docs/swagger-ui-bundle.js"></script>`;
  const rendered = renderPage({ title: 'Stagedoor API', root, hasDocs: true, main, script: 'swagger-start.js' });
  return { ...rendered, contentSecurityPolicy: CONTENT_SECURITY_POLICY };
}
