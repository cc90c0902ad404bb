import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config/config';
import type { Demo, DemoKey } from '../../config/demo';
import { type ConstantDocument, sendDocument } from '../openapi/constant-document';
import type { RouteDeclaration } from '../routes/route-declaration';
import { type Html, html, prose } from './html';
import { renderPage } from './page';

/** What a button of the page shows; `start-scenarios.js` has its requests. */
interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly button: string;
  /** Whether it needs the sandbox. */
  readonly isForDemo?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  {
    id: 'miss',
    title: 'A cache miss',
    text: 'Clears the cache of the tenant, then reads an integration: Stagedoor has to call Hubster.',
    button: 'Show a miss',
  },
  {
    id: 'hit',
    title: 'A cache hit',
    text: 'Reads the integration again: the response comes from memory, without a call to Hubster.',
    button: 'Show a hit',
  },
  {
    id: 'not-modified',
    title: 'Nothing has changed',
    text: 'Reads it with the `ETag` of the last response: 304, without a body.',
    button: 'Show a 304',
  },
  {
    id: 'conflict',
    title: 'A conflict',
    text: 'Sends a change with the `ETag` of an older version: Stagedoor rejects it, and nothing is written.',
    button: 'Show a conflict',
  },
  {
    id: 'retry',
    title: 'A retry',
    text: 'Makes the sandbox fail twice, then reads: Stagedoor tries three times, and the caller sees a success.',
    button: 'Show a retry',
    isForDemo: true,
  },
  {
    id: 'audit',
    title: 'The audit trail',
    text: 'Reads the last five events of the tenant: who did what, from where, and what came of it.',
    button: 'Show the audit trail',
  },
];

const DECLARATION: RouteDeclaration = {
  access: 'public',
  because: 'The start page; its buttons send requests with a key.',
  isManagement: false,
};

/** Serves the page at `/`: what runs here, keys, links, and buttons that send requests and show the responses. */
export function serveStartPage(fastify: FastifyInstance, config: Config, demo?: Demo): void {
  const page = startPage(config, demo);
  fastify.get('/', { config: { declaration: DECLARATION } }, (_request, reply) => {
    void reply.header('cache-control', 'no-store');
    sendDocument(reply, page);
  });
}

function startPage({ http, redis, audit }: Config, demo?: Demo): ConstantDocument {
  return renderPage({
    title: 'Stagedoor',
    root: './',
    hasDocs: true,
    script: 'start.js',
    main: html`<h1>Stagedoor</h1>
<p class="lead">Hubster’s Integrations API, behind a service that caches reads, retries calls, records every write, and shows no secret.</p>
${links(http.managementPort === undefined)}
<h2 id="here">What runs here</h2>
${demo ? demoFacts(demo, { hasRedis: redis !== undefined, auditStore: audit.store }) : SERVICE}
<h2 id="keys">${demo ? 'Keys' : 'Your key'}</h2>
${demo ? keyPicker(demo.keys) : KEY_FIELDS}
<h2 id="try">See what it does</h2>
<ul class="scenarios">${SCENARIOS.map((scenario) => scenarioItem(scenario, demo !== undefined))}</ul>
<noscript><p class="note">The buttons need JavaScript.</p></noscript>`,
  });
}

function links(hasManagement: boolean): Html {
  return html`<ul class="links">
  <li><a href="./docs">Swagger UI</a></li>
  <li><a href="./openapi.json">OpenAPI as JSON</a></li>
  <li><a href="./openapi.yaml">OpenAPI as YAML</a></li>
  <li><a href="./problems">Problems</a></li>
  ${hasManagement && html`<li><a href="./health/ready">Health</a></li><li><a href="./metrics">Metrics</a></li>`}
</ul>`;
}

const SERVICE = html`<p>Stagedoor, in front of Hubster. Requests need an API key or a token; whoever runs it can give you one.</p>`;

interface Stores {
  readonly hasRedis: boolean;
  readonly auditStore: Config['audit']['store'];
}

function demoFacts({ hubs }: Demo, { hasRedis, auditStore }: Stores): Html {
  const facts: readonly (readonly [name: string, value: string | Html])[] = [
    ['Mode', 'A demo. Nothing leaves this machine.'],
    ['Hubster', 'A sandbox in the same process, which behaves like Hubster.'],
    ['Cache', hasRedis ? 'Memory, and Redis behind it.' : 'Memory. With Redis, replicas would share it.'],
    ['Audit trail', auditStore === 'postgres' ? 'A table in PostgreSQL.' : 'Files on this machine.'],
    ...Object.entries(hubs).map(([tenant, [hub = '']]) => [`Hub of ${tenant}`, html`<code>${hub}</code>`] as const),
  ];
  return html`<dl class="facts">${facts.map(
    ([name, value]) => html`
  <div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}
</dl>`;
}

/** In demo the keys are shown by design (N1). A caller of several tenants names one of them. */
function keyPicker(keys: readonly DemoKey[]): Html {
  return html`<fieldset class="keys">
  <legend class="note">They are valid for the sandbox only. The buttons below use the one that you select.</legend>
  ${keys.map(({ caller, role, tenants: [tenant = '', ...others], key }, index) => {
    const named = others.length > 0 && html` data-tenant="${tenant}"`;
    return html`<div class="key">
    <label><input type="radio" name="key" value="${key.reveal()}"${named}${index === 0 && html` checked`}> ${role}</label>
    <code>${key.reveal()}</code>
    <button type="button" class="copy" data-copy="${key.reveal()}" aria-label="Copy the key of ${caller}" hidden>Copy</button>
  </div>`;
  })}
</fieldset>`;
}

const KEY_FIELDS = html`<div class="fields">
  <label>API key <input type="password" name="pasted-key" autocomplete="off" spellcheck="false"></label>
  <label>Tenant <input type="text" name="pasted-tenant" autocomplete="off" spellcheck="false" placeholder="only with a key for several"></label>
</div>
<p class="note">The page sends it with the requests below, and keeps it nowhere.</p>`;

function scenarioItem({ id, title, text, button, isForDemo = false }: Scenario, isDemo: boolean): Html {
  const isOffered = isDemo || !isForDemo;
  return html`
<li class="scenario">
  <div class="about">
    <h3>${title}</h3>
    <p class="note">${prose(text)}${!isOffered && ' Only in the demo, whose sandbox fails on request.'}</p>
  </div>
  ${isOffered && html`<button type="button" class="show" data-scenario="${id}">${button}</button>`}
  <div class="output" data-output="${id}">
    <p class="sentence" role="status"></p>
    <div class="steps"></div>
  </div>
</li>`;
}
