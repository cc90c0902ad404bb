// @ts-check
/** Starts Swagger UI with the settings of the page, and connects it with the strip. */
import { apiKeyOf, headersOf, storeCredentials, storedCredentials } from './swagger-credentials.js';
import { fillParameters, offerNextStep, openOperation } from './swagger-examples.js';
import { foldOptionalHeaders, foldProblems, onAuthorization, showResponseHeaders } from './swagger-plugins.js';
import { Strip } from './swagger-strip.js';

/**
 * @typedef {import('./swagger-credentials.js').Credentials} Credentials
 * @typedef {import('./swagger-credentials.js').DemoKey} DemoKey
 * @typedef {import('../swagger-system').SecurityScheme} SecurityScheme
 */

/** @type {{ keys: DemoKey[], scopes: string[], document: string }} */
const {
  keys,
  scopes,
  document: documentPath,
} = JSON.parse(document.getElementById('swagger-ui')?.dataset['settings'] ?? '');
/** The URL of the service; a gateway may serve it below a path. */
const root = new URL('../..', import.meta.url).href;
/** @type {import('../swagger-system').SwaggerUIBundle} */
const SwaggerUIBundle = Reflect.get(window, 'SwaggerUIBundle');

let credentials = storedCredentials(keys);
const strip = new Strip({ keys, scopes, root, use });

const ui = SwaggerUIBundle({
  url: new URL(documentPath, root).href,
  dom_id: '#swagger-ui',
  layout: 'BaseLayout',
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [
    foldProblems,
    foldOptionalHeaders,
    showResponseHeaders,
    fillParameters,
    offerNextStep,
    onAuthorization(authorised),
  ],
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  defaultModelsExpandDepth: 0,
  // The badge of a foreign validator is off: only our own host is asked.
  validatorUrl: null,
  requestInterceptor: withTenant,
  onComplete: () => use(credentials),
});

/**
 * Sends further requests with these credentials.
 *
 * @param {Credentials} chosen
 */
function use(chosen) {
  credentials = chosen;
  storeCredentials(chosen);
  const { 'X-API-Key': apiKey } = headersOf(chosen, keys);
  const schemes = ui.specSelectors.securityDefinitions()?.toJS() ?? {};
  const given = Object.entries(schemes).flatMap(([name, schema]) => {
    const value = schema.type === 'apiKey' ? apiKey : chosen.bearer;
    return value === undefined ? [] : [[name, { name, schema, value }]];
  });
  ui.authActions.restoreAuthorization({ authorized: Object.fromEntries(given) });
  void strip.show(chosen);
}

/** A person has authorised or logged out in the dialog. */
function authorised() {
  const values = Object.values(ui.authSelectors.authorized()?.toJS() ?? {});
  const apiKey = values.find(({ schema }) => schema.type === 'apiKey')?.value;
  const bearer = values.find(({ schema }) => schema.type === 'http')?.value;
  const known = keys.find(({ key }) => key === apiKey);
  if (apiKey === apiKeyOf(credentials, keys) && bearer === credentials.bearer) return;
  use({
    ...(known ? { caller: known.caller } : apiKey !== undefined && { apiKey }),
    ...(bearer !== undefined && { bearer }),
  });
}

/**
 * The tenant that the strip shows, unless the request names one.
 *
 * @param {import('../swagger-system').OutgoingRequest} request
 */
function withTenant(request) {
  const isNamed = Object.keys(request.headers).some((name) => name.toLowerCase() === 'x-tenant-id');
  if (!request.loadSpec && !isNamed && credentials.tenant) request.headers['X-Tenant-Id'] = credentials.tenant;
  return request;
}

document.getElementById('strip-authorize')?.addEventListener('click', () => {
  ui.authActions.showDefinitions(ui.authSelectors.definitionsToAuthorize());
});

document.getElementById('strip-trail')?.addEventListener('click', (event) => {
  event.preventDefault();
  openOperation(ui, ['/api/v1/audit/events', 'get']);
});
