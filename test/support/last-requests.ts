import { CHANNELS } from '../../src/channels/channel-registry';

/** What tells of the service to everybody. */
export const PUBLIC_PAGES = [
  ...['/metrics', '/health/live', '/health/ready', '/openapi.json', '/openapi.yaml'],
  ...['/docs', '/docs/swagger-ui-init.js', '/problems', '/problems/validation-failed'],
];

const ID = '00000000-0000-0000-0000-00000000cafe';

interface Places {
  readonly url: string;
  /** Credentials, and a tenant where the caller must name one. */
  readonly headers: Readonly<Record<string, string>>;
  /** Makes a canary. */
  readonly plant: (place: string) => string;
}

/**
 * Puts a canary wherever a caller can put one: paths, query strings, headers, credentials, bodies. All of it is refused at the door,
 * so nothing is asked of Hubster, which a suite may have left in any state.
 */
export async function sendCanaries({ url, headers, plant }: Places): Promise<void> {
  const ask = (path: string, more: Readonly<Record<string, string>> = {}, method = 'GET', body?: string) =>
    get(`${url}/api/v1${path}`, { method, headers: { ...headers, ...more }, ...(body !== undefined && { body }) });
  const post = (path: string, body: string) => ask(path, { 'content-type': 'application/json' }, 'POST', body);
  const query = (path: string, names: readonly string[]) =>
    names.map((name) => ask(`${path}?${name}=${plant(`query ${name} of ${path}`)}`));
  const header = (names: readonly string[]) => names.map((name) => ask('/me', { [name]: plant(`header ${name}`) }));
  await Promise.all([
    ...query('/integrations', ['hubId', 'pageNumber', 'pageSize', 'token']),
    ...query('/audit/events', ['limit', 'cursor', 'from', 'to', 'outcome', 'token']),
    ...[`/${plant('no route')}`, `/integrations/${plant('id in a path')}`, `/channels/${plant('channel')}`].map(
      (path) => ask(path),
    ),
    ask(`/integrations/hubs/${plant('hub in a path')}/Direct`),
    ask(`/integrations/hubs/${ID}/${plant('channel type')}`),
    ...header(['cookie', 'referer', 'user-agent', 'if-match', 'if-none-match', 'idempotency-key', 'prefer', 'origin']),
    ...header(['x-tenant-id', 'x-request-timeout-ms', 'x-hub-id', 'x-hubster-signature', 'x-internal-token', 'accept']),
    ask('/me', { 'x-request-id': `bad id ${plant('request id')}` }),
    ask('/me', { 'x-api-key': plant('wrong API key') }),
    ask('/me', { authorization: `Bearer ${plant('a bearer beside the key')}` }),
    ask('/me', { authorization: `Basic ${plant('Basic')}` }),
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

/** Asks for the public pages, so that whoever listens hears what they tell. */
export async function askPublicPages(url: string): Promise<void> {
  await Promise.all(PUBLIC_PAGES.map((path) => get(url + path)));
}

/** A service that does not answer any more says nothing that it should not. */
async function get(url: string, request: RequestInit = {}): Promise<void> {
  await fetch(url, request)
    .then((response) => response.arrayBuffer())
    .catch(() => undefined);
}
