// @ts-check
// Requests of the start page, each with the curl line that would send the same.

/**
 * The members of bodies that the page reads.
 * @typedef {{ integrationId?: string, name?: string, action?: string, caller?: string | null }} Item
 * @typedef {{ hubs?: string[], results?: Item[], title?: string, detail?: string, type?: string }} Body
 */
/**
 * @typedef {object} Received
 * @property {string} curl
 * @property {number} status
 * @property {string} statusText
 * @property {(name: string) => string} header empty if the response has no such header
 * @property {Body | undefined} value undefined if the body is not JSON
 * @property {string} text
 * @property {number} milliseconds
 * @property {boolean} isSuccess
 */
/**
 * @typedef {{ headers?: Record<string, string>, body?: object, isQuiet?: boolean }} Options
 * @typedef {(method: string, path: string, options?: Options) => Promise<Received>} Send
 * @typedef {{ key: string, tenant: string | undefined, shownKey: string }} Credentials
 */

/** Below which Stagedoor is reachable: a gateway may have put it under a path. */
const BASE = new URL('.', document.baseURI);

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * @param {{ method: string, url: URL, headers: Record<string, string>, body: object | undefined }} request
 * @param {string} shownKey what is in the place of the key; a pasted key is not repeated
 */
function curlOf({ method, url, headers, body }, shownKey) {
  const shown = { 'X-API-Key': shownKey, ...headers };
  return [
    `curl -i ${method === 'GET' ? '' : `-X ${method} `}${quoted(url.href)}`,
    ...Object.entries(shown).map(([name, value]) =>
      value.startsWith('$') ? `-H "${name}: ${value}"` : `-H ${quoted(`${name}: ${value}`)}`,
    ),
    ...(body === undefined ? [] : [`-d ${quoted(JSON.stringify(body))}`]),
  ].join(' \\\n  ');
}

/**
 * Sends requests with the selected key. Every response goes to `onResponse`, except the success of a quiet request, which only finds
 * out what the next one needs.
 * @param {Credentials} credentials
 * @param {(response: Received) => void} onResponse
 * @returns {Send}
 */
export function clientOf({ key, tenant, shownKey }, onResponse) {
  return async function send(method, path, { headers = {}, body, isQuiet = false } = {}) {
    const url = new URL(path, BASE);
    /** @type {Record<string, string>} */
    const own = { ...(tenant && { 'X-Tenant-Id': tenant }), ...headers };
    const startedAt = performance.now();
    const response = await fetch(url, {
      method,
      // no-transform changes nothing for Stagedoor. Without it, the browser would add no-cache for the sake of cache: 'no-store'.
      headers: { 'Cache-Control': 'no-transform', ...own, 'X-API-Key': key },
      cache: 'no-store',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Error('Stagedoor did not respond.');
    });
    const text = await response.text();
    const milliseconds = performance.now() - startedAt;
    const { status, statusText } = response;
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    /** @type {Received} */
    const received = {
      curl: curlOf({ method, url, headers: own, body }, shownKey),
      status,
      statusText,
      header: (name) => response.headers.get(name) ?? '',
      value: isJson && text !== '' ? JSON.parse(text) : undefined,
      text,
      milliseconds,
      isSuccess: response.ok || status === 304,
    };
    if (!isQuiet || !received.isSuccess) onResponse(received);
    return received;
  };
}
