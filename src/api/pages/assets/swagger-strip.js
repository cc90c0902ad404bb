// @ts-check
/** The strip on top: who the key in use is, as the service itself says at `/me`, and with which key and tenant requests are sent. */
import { apiKeyOf, headersOf } from './swagger-credentials.js';

/**
 * @typedef {import('./swagger-credentials.js').DemoKey} DemoKey
 * @typedef {import('./swagger-credentials.js').Credentials} Credentials
 * @typedef {{ caller: string, tenant?: string, tenants?: string[], scopes: string[] }} Identity
 * @typedef {{ keys: readonly DemoKey[], scopes: readonly string[], root: string, use: (credentials: Credentials) => void }} Options
 */

const PASTED = 'pasted';
const NONE = 'none';

export class Strip {
  #caller = select('strip-caller');
  #tenant = select('strip-tenant');
  #identity = element('strip-identity');
  #options;
  /** Only the response to the last request is shown. */
  #requests = 0;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    const { use, keys } = options;
    this.#caller.append(...keys.map(({ caller, role }) => new Option(`${caller} – ${role}`, caller)));
    this.#caller.addEventListener('change', () => {
      const { value } = this.#caller;
      if (value !== PASTED) use(value === NONE ? {} : { caller: value });
    });
  }

  /** @param {Credentials} credentials */
  async show(credentials) {
    const { keys, use } = this.#options;
    const request = ++this.#requests;
    this.#showPicker(credentials);
    const demoKey = keys.find(({ caller }) => caller === credentials.caller);
    const found = await this.#identityOf(credentials);
    if (request !== this.#requests) return;
    const identity = 'caller' in found ? found : undefined;
    const tenants = identity?.tenants ?? demoKey?.tenants ?? [];
    this.#showTenants(tenants, credentials.tenant, (tenant) => use({ ...credentials, tenant }));
    const tenant = credentials.tenant ?? identity?.tenant ?? (tenants.length === 1 ? tenants[0] : undefined);
    const role = identity ? roleOf(identity.scopes, this.#options.scopes) : demoKey?.role;
    const key = apiKeyOf(credentials, keys);
    this.#showFacts([
      ['tenant', tenant],
      ['caller', identity?.caller ?? demoKey?.caller],
      ['role', role],
      ['key', key === undefined ? undefined : masked(key)],
      ['problem', 'problem' in found ? found.problem : undefined],
    ]);
    this.#identity.title = identity ? `Scopes: ${identity.scopes.join(', ')}` : '';
    // A caller of several tenants names one in each request; the first is as good as any until a person chooses.
    if (tenants.length > 1 && credentials.tenant === undefined) use({ ...credentials, tenant: tenants[0] ?? '' });
  }

  /** @param {Credentials} credentials */
  #showPicker({ caller, apiKey, bearer }) {
    const value = caller ?? (apiKey !== undefined || bearer !== undefined ? PASTED : NONE);
    for (const option of this.#caller.options) option.hidden = option.value === PASTED && value !== PASTED;
    this.#caller.value = value;
  }

  /**
   * @param {readonly string[]} tenants
   * @param {string | undefined} chosen
   * @param {(tenant: string) => void} use
   */
  #showTenants(tenants, chosen, use) {
    element('strip-tenant-field').hidden = tenants.length < 2;
    this.#tenant.replaceChildren(...tenants.map((tenant) => new Option(tenant, tenant, false, tenant === chosen)));
    this.#tenant.onchange = () => use(this.#tenant.value);
  }

  /** @param {readonly (readonly [name: string, value: string | undefined])[]} facts */
  #showFacts(facts) {
    const shown = facts.filter(([, value]) => value !== undefined);
    this.#identity.replaceChildren(
      ...shown.map(([name, value]) => {
        const span = document.createElement('span');
        span.className = `strip-${name}`;
        span.dataset['fact'] = name;
        span.textContent = value ?? '';
        return span;
      }),
    );
  }

  /**
   * @param {Credentials} credentials
   * @returns {Promise<Identity | { problem: string }>}
   */
  async #identityOf(credentials) {
    const headers = headersOf(credentials, this.#options.keys);
    if (Object.keys(headers).length === 0) return { problem: 'No key: requests are anonymous.' };
    try {
      const response = await fetch(`${this.#options.root}api/v1/me`, { headers, cache: 'no-store' });
      const body = await response.json();
      return response.ok ? body : { problem: `${response.status}: ${body.title}` };
    } catch {
      return { problem: 'Stagedoor does not respond.' };
    }
  }
}

/**
 * @param {readonly string[]} scopes
 * @param {readonly string[]} all
 */
function roleOf(scopes, all) {
  if (all.every((scope) => scopes.includes(scope))) return 'all scopes';
  if (scopes.every((scope) => scope.endsWith(':read'))) return 'reads only';
  return scopes.length === 1 ? 'one scope' : `${scopes.length} scopes`;
}

/**
 * Enough to recognise a key, and too little to use it.
 *
 * @param {string} key
 */
function masked(key) {
  return key.length < 20 ? '••••' : `${key.slice(0, 3)}••••${key.slice(-4)}`;
}

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element ${id}.`);
  return found;
}

/** @param {string} id */
function select(id) {
  const found = element(id);
  if (!(found instanceof HTMLSelectElement)) throw new Error(`The element ${id} is no select.`);
  return found;
}
