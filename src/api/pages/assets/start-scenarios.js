// @ts-check
// What each button of the start page sends, and what its responses show.

const API = 'api/v1';
const EVENTS = 5;

/**
 * @typedef {import('./start-client.js').Received} Received
 * @typedef {import('./start-client.js').Send} Send
 */

/** A response that the scenario does not expect, such as 429; the output shows it with its own explanation. */
export class Unexpected extends Error {
  /** @param {Received} response */
  constructor(response) {
    super('unexpected response');
    this.response = response;
  }
}

/**
 * The first integration that the caller can read.
 * @param {Send} send
 */
async function findIntegration(send) {
  const me = accepted(await send('GET', `${API}/me`, { isQuiet: true }));
  const query = new URLSearchParams({ pageSize: '1' });
  const [hub] = me.value?.hubs ?? [];
  if (hub !== undefined) query.set('hubId', hub);
  const page = accepted(await send('GET', `${API}/integrations?${query}`, { isQuiet: true }));
  const [integration] = page.value?.results ?? [];
  if (!integration) throw new Error('This tenant has no integration yet. Create one in Swagger UI, then try again.');
  return { ...integration, path: `${API}/integrations/${integration.integrationId}` };
}

/**
 * @param {Received} response
 * @param {number} status
 */
function accepted(response, status = 200) {
  if (response.status !== status) throw new Unexpected(response);
  return response;
}

/** @param {Received} response */
const attempts = (response) => Number(/attempts;desc="(\d+)"/.exec(response.header('server-timing'))?.[1] ?? 0);
/** @param {Received} response */
const milliseconds = (response) => `${response.milliseconds.toFixed(1)} ms`;

/**
 * By id of the button. `run` resolves to one sentence; `marks`: the header that shows it.
 * @type {Readonly<Record<string, { marks?: string, run(send: Send): Promise<string> }>>}
 */
export const SCENARIOS = {
  miss: {
    marks: 'cache-status',
    async run(send) {
      const { path } = await findIntegration(send);
      accepted(await send('DELETE', `${API}/cache`), 204);
      const response = accepted(await send('GET', path));
      if (!response.header('cache-status').includes('fwd=miss'))
        return 'Another request has filled the cache before this one.';
      return `The cache had nothing: Stagedoor called Hubster, masked the secrets, and stored the response, in ${milliseconds(response)}.`;
    },
  },
  hit: {
    marks: 'cache-status',
    async run(send) {
      const { path } = await findIntegration(send);
      const first = await send('GET', path);
      const response = accepted(isHit(first) ? first : await send('GET', path));
      if (!isHit(response)) return 'The response did not come from the cache, as another write has cleared it.';
      return `The response came from memory in ${milliseconds(response)}, and Hubster was not called. Its age is ${response.header('age')} s.`;
    },
  },
  'not-modified': {
    marks: 'etag',
    async run(send) {
      const { path } = await findIntegration(send);
      const first = accepted(await send('GET', path));
      accepted(await send('GET', path, { headers: { 'If-None-Match': first.header('etag') } }), 304);
      return 'The ETag is still that of the first response, so the second one has no body: the client keeps what it has.';
    },
  },
  conflict: {
    async run(send) {
      const { path, name } = await findIntegration(send);
      const headers = { 'If-Match': '"an-older-version"', 'Content-Type': 'application/merge-patch+json' };
      accepted(await send('PATCH', path, { headers, body: { name } }), 412);
      return 'If-Match names an older version, so nothing was written: no caller overwrites the work of another.';
    },
  },
  retry: {
    marks: 'server-timing',
    async run(send) {
      const { path } = await findIntegration(send);
      const headers = { 'Content-Type': 'application/json' };
      accepted(await send('POST', 'demo/faults', { headers, body: { kind: 'retry' } }));
      const response = accepted(await send('GET', path, { headers: { 'Cache-Control': 'no-cache' } }));
      if (attempts(response) < 2) return 'Another request of this tenant met the failures before this one.';
      return `Hubster responded with 503 twice, and attempt ${attempts(response)} succeeded: the caller waited, and saw no error.`;
    },
  },
  audit: {
    async run(send) {
      const response = accepted(await send('GET', `${API}/audit/events?limit=${EVENTS}`));
      const [last] = response.value?.results ?? [];
      if (!last) return 'The trail of this tenant is empty. This read was recorded: show it again.';
      return `The newest event is ${last.action} by ${last.caller ?? 'an anonymous caller'}. Events about secrets have fingerprints only.`;
    },
  },
};

/** @param {Received} response */
const isHit = (response) => response.header('cache-status').includes('; hit');
