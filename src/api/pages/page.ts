import type { ConstantDocument } from '../openapi/constant-document';
import { assetPath } from './assets';
import { type Html, html } from './html';

/** A page loads styles, scripts and icons of this host, sends requests to it, and nothing else; scripts cannot make HTML of texts. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'img-src', 'connect-src'].map((directive) => `${directive} 'self'`),
  ...['base-uri', 'form-action', 'frame-ancestors'].map((directive) => `${directive} 'none'`),
  "require-trusted-types-for 'script'",
].join('; ');

interface Page {
  readonly title: string;
  /** The location of `/`, relative to the page: Stagedoor may be below a path of a gateway. */
  readonly root: './' | '../';
  /** Whether the start page and Swagger UI exist. */
  readonly hasDocs: boolean;
  readonly main: Html;
  /** The module that the page runs, a file of `assets/`. */
  readonly script?: string;
}

/** A page for people. */
export function renderPage({ title, root, hasDocs, main, script }: Page): ConstantDocument {
  const asset = (name: string) => root + assetPath(name);
  const page = html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <link rel="icon" href="${asset('icon.svg')}" type="image/svg+xml">
  <link rel="stylesheet" href="${asset('pages.css')}">
  <script src="${asset('theme.js')}"></script>
  ${script !== undefined && html`<script type="module" src="${asset(script)}"></script>`}
</head>
<body>
  <a class="skip" href="#main">Skip to the content</a>
  ${pageHeader(root, hasDocs)}
  <main id="main" tabindex="-1">
${main}
  </main>
</body>
</html>
`;
  return {
    type: 'text/html; charset=utf-8',
    body: Buffer.from(String(page)),
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
  };
}

/** The strip on top of every page; `theme.js` shows its button. */
function pageHeader(root: string, hasDocs: boolean): Html {
  return html`<header class="top">
    <a class="brand" href="${hasDocs ? root : `${root}problems`}">Stagedoor</a>
    <nav aria-label="Pages">
      ${hasDocs && html`<a href="${root}docs">Swagger UI</a>`}
      <a href="${root}problems">Problems</a>
    </nav>
    <button type="button" class="theme" data-theme-toggle hidden></button>
  </header>`;
}
