import { STATUS_CODES } from 'node:http';
import type { Config } from '../../config/config';
import { exampleOf } from '../../problems/problem-examples';
import { PROBLEM_CODES, PROBLEM_KINDS, type ProblemCode } from '../../problems/problem-registry';
import type { ConstantDocument } from '../openapi/constant-document';
import { renderProblem } from '../response/problem-rendering';
import { type Html, html, prose } from './html';
import { renderPage } from './page';

const EXAMPLE_REQUEST_ID = '5f0c1b9a-7d3e-4c62-9a41-2b8f6d0e7c15';

const RETRYABLE = 'The same request may succeed later, if `retryable` is true in the response.';
const NOT_RETRYABLE = 'The same request will not succeed later.';

/** The page with all problems, by status. `hasDocs`: as in `renderPage`. */
export function problemListPage(hasDocs: boolean): ConstantDocument {
  const root = './';
  const rows = (isListed: (status: number) => boolean): readonly Html[] =>
    PROBLEM_CODES.filter((code) => isListed(PROBLEM_KINDS[code].status))
      .sort((one, other) => PROBLEM_KINDS[one].status - PROBLEM_KINDS[other].status)
      .map((code) => row(root, code));
  return renderPage({
    title: 'Problems · Stagedoor',
    root,
    hasDocs,
    main: html`<h1>Problems</h1>
<p class="lead">Every error response is a problem document (RFC 9457). Its <code>type</code> leads to one of these pages; programs branch on its <code>code</code>.</p>
<h2>The request cannot be served as it is</h2>
<ul class="rows">${rows((status) => status < 500)}</ul>
<h2>Stagedoor or Hubster has failed</h2>
<ul class="rows">${rows((status) => status >= 500)}</ul>`,
  });
}

function row(root: string, code: ProblemCode): Html {
  const { status, title, retryable } = PROBLEM_KINDS[code];
  return html`
<li><a class="row" href="${root}problems/${code}">
  <span class="status">${status}</span>
  <span class="row-title">${title}<code>${code}</code></span>
  ${retryable && html`<span class="tag">retryable</span>`}
</a></li>`;
}

/** The page about one problem. */
export function problemPage(code: ProblemCode, { docs: hasDocs, publicUrl }: Config['http']): ConstantDocument {
  const { status, title, retryable, reason, help } = PROBLEM_KINDS[code];
  return renderPage({
    title: `${title} · Stagedoor`,
    root: '../',
    hasDocs,
    main: html`<p class="path"><a href="../problems">Problems</a> <span aria-hidden="true">/</span> <code>${code}</code></p>
<h1>${title}</h1>
<dl class="facts">
  <div><dt>Status</dt><dd>${status} ${STATUS_CODES[status]}</dd></div>
  <div><dt>Code</dt><dd><code>${code}</code></dd></div>
  <div><dt>Retry</dt><dd>${prose(retryable ? RETRYABLE : NOT_RETRYABLE)}</dd></div>
</dl>
<h2>What happened</h2>
<p>${prose(reason)}</p>
<h2>What to do</h2>
<p>${prose(help)}</p>
<h2>Example</h2>
<pre tabindex="0" aria-label="Example of a response"><code>${example(code, publicUrl)}</code></pre>`,
  });
}

/** The page in place of one about a code that does not exist. It does not show the code, which is foreign text. */
export function unknownProblemPage(hasDocs: boolean): ConstantDocument {
  const { status, title } = PROBLEM_KINDS['not-found'];
  return renderPage({
    title: `${title} · Stagedoor`,
    root: '../',
    hasDocs,
    main: html`<p class="path"><a href="../problems">Problems</a> <span aria-hidden="true">/</span> ${status}</p>
<h1>${title}</h1>
<p class="lead">There is no problem with this code. <a href="../problems">See all problems</a>.</p>`,
  });
}

/** A response with this problem, as it is sent. */
function example(code: ProblemCode, publicUrl: string): string {
  const { status, headers, body } = renderProblem(exampleOf(code), EXAMPLE_REQUEST_ID, publicUrl);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', JSON.stringify(JSON.parse(body), null, 2)].join(
    '\n',
  );
}
