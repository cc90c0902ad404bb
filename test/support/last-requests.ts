import { CHANNELS } from '../../src/channels/channel-registry';

/** Public pages about the service. */
export const PUBLIC_PAGES = [
  ...['/metrics', '/health/live', '/health/ready', '/openapi.json', '/openapi.yaml'],
  ...['/', '/docs', '/docs/openapi.json', '/problems', '/problems/validation-failed', '/assets/any/start.js'],
];

const ID = '00000000-0000-0000-0000-00000000cafe';

interface CanaryTarget {
  readonly url: string;
  /** Credentials, and a tenant if the caller must name one. */
  readonly headers: Readonly<Record<string, string>>;
  /** Makes a canary. */
  readonly plant: (place: string) => string;
}

/**
 * Sends a canary in every position of a request: paths, query strings, headers, credentials, bodies. All of them are rejected before
 * a call, as a suite may have left Hubster in any state.
 */
export async function sendCanaries({ url, headers, plant }: CanaryTarget): Promise<void> {
  const send = (path: string, more: Readonly<Record<string, string>> = {}, method = 'GET', body?: string) =>
    get(`${url}/api/v1${path}`, { method, headers: { ...headers, ...more }, ...(body !== undefined && { body }) });
  const post = (path: string, body: string) => send(path, { 'content-type': 'application/json' }, 'POST', body);
  const query = (path: string, names: readonly string[]) =>
    names.map((name) => send(`${path}?${name}=${plant(`query ${name} of ${path}`)}`));
  const header = (names: readonly string[]) => names.map((name) => send('/me', { [name]: plant(`header ${name}`) }));
  await Promise.all([
    ...query('/integrations', ['hubId', 'pageNumber', 'pageSize', 'token']),
    ...query('/audit/events', ['limit', 'cursor', 'from', 'to', 'outcome', 'token']),
    ...[`/${plant('no route')}`, `/integrations/${plant('id in a path')}`, `/channels/${plant('channel')}`].map(
      (path) => send(path),
    ),
    send(`/integrations/hubs/${plant('hub in a path')}/Direct`),
    send(`/integrations/hubs/${ID}/${plant('channel type')}`),
    ...header(['cookie', 'referer', 'user-agent', 'if-match', 'if-none-match', 'idempotency-key', 'prefer', 'origin']),
    ...header(['x-tenant-id', 'x-request-timeout-ms', 'x-hub-id', 'x-hubster-signature', 'x-internal-token', 'accept']),
    send('/me', { 'x-request-id': `bad id ${plant('request id')}` }),
    send('/me', { 'x-api-key': plant('wrong API key') }),
    send('/me', { authorization: `Bearer ${plant('a bearer beside the key')}` }),
    send('/me', { authorization: `Basic ${plant('Basic')}` }),
    post(`/integrations/${ID}/secrets/${plant('field')}/compare`, JSON.stringify({ value: { x: plant('guess') } })),
    post(`/integrations/hubs/${ID}`, `{"authToken": "${plant('broken body')}"`),
    post(`/integrations/hubs/${ID}`, JSON.stringify({ undeclared: plant('undeclared value') })),
    ...CHANNELS.map(({ id, fields }) => {
      const configuration = fields.map(({ name }) => [name, plant(`${id}.${name}`)]);
      const body = {
        channelId: id,
        name: { x: plant(`name of ${id}`) },
        configuration: Object.fromEntries(configuration),
      };
      return post(`/integrations/hubs/${ID}`, JSON.stringify(body));
    }),
  ]);
}

/** Requests the public pages, so that the secret watch sees their content. */
export async function requestPublicPages(url: string): Promise<void> {
  await Promise.all(
    PUBLIC_PAGES.flatMap((path) => ['*/*', 'text/html'].map((accept) => get(url + path, { headers: { accept } }))),
  );
}

/** Errors do not matter: a service that does not respond leaks nothing. */
async function get(url: string, request: RequestInit = {}): Promise<void> {
  await fetch(url, request)
    .then((response) => response.arrayBuffer())
    .catch(() => undefined);
}
