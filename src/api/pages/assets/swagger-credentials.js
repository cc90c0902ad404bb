// @ts-check
/**
 * What the page sends as credentials: a key of the demo by its caller, so that a key that changed is replaced; or what a person pasted.
 * In sessionStorage, not in localStorage where Swagger UI itself would put it: it survives a reload, and no key is left on the disk, or
 * readable for another page of this origin, when the tab is closed.
 *
 * @typedef {{ caller: string, role: string, tenants: string[], key: string }} DemoKey
 * @typedef {{ caller?: string, apiKey?: string, bearer?: string, tenant?: string }} Credentials
 */

const NAME = 'stagedoor.credentials';

/**
 * Those of the last load; at the first one the first key of the demo.
 *
 * @param {readonly DemoKey[]} keys
 * @returns {Credentials}
 */
export function storedCredentials(keys) {
  const first = keys[0] ? { caller: keys[0].caller } : {};
  const stored = sessionStorage.getItem(NAME);
  if (stored === null) return first;
  /** @type {Credentials} */
  const credentials = JSON.parse(stored);
  const isGone = credentials.caller !== undefined && !keys.some(({ caller }) => caller === credentials.caller);
  return isGone ? first : credentials;
}

/** @param {Credentials} credentials */
export function storeCredentials(credentials) {
  sessionStorage.setItem(NAME, JSON.stringify(credentials));
}

/**
 * @param {Credentials} credentials
 * @param {readonly DemoKey[]} keys
 * @returns {string | undefined}
 */
export function apiKeyOf({ caller, apiKey }, keys) {
  return caller === undefined ? apiKey : keys.find((key) => key.caller === caller)?.key;
}

/**
 * The headers of a request with these credentials.
 *
 * @param {Credentials} credentials
 * @param {readonly DemoKey[]} keys
 * @returns {Record<string, string>}
 */
export function headersOf(credentials, keys) {
  const apiKey = apiKeyOf(credentials, keys);
  return {
    ...(apiKey !== undefined && { 'X-API-Key': apiKey }),
    ...(credentials.bearer !== undefined && { Authorization: `Bearer ${credentials.bearer}` }),
    ...(credentials.tenant !== undefined && { 'X-Tenant-Id': credentials.tenant }),
  };
}
