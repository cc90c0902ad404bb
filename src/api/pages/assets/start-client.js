// Requests of the start page, each with the curl line that would send the same.

/** Below which Stagedoor is reachable: a gateway may have put it under a path. */
const BASE = new URL('.', document.baseURI);

const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** `shownKey`: what stands for the key in curl lines; a pasted key is not repeated. */
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
 * Sends requests with the selected key. Every response goes to `onResponse`, except the success of a quiet
 * request, which only finds out what the next one needs.
 */
export function clientOf({ key, tenant, shownKey }, onResponse) {
  return async function send(method, path, { headers = {}, body, isQuiet = false } = {}) {
    const url = new URL(path, BASE);
    const own = { ...(tenant && { 'X-Tenant-Id': tenant }), ...headers };
    const startedAt = performance.now();
    const response = await fetch(url, {
      method,
      // no-transform changes nothing for Stagedoor. Without it, the browser would add no-cache for the sake of cache: 'no-store'.
      headers: { 'Cache-Control': 'no-transform', ...own, 'X-API-Key': key },
      cache: 'no-store',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const milliseconds = performance.now() - startedAt;
    const { status, statusText } = response;
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
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
