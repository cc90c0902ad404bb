/** The largest body that a request may have, in bytes. */
const BODY_BYTES = 256 * 1024;
/** The largest value that fits a body together with the members around it. */
export const LARGEST_VALUE_BYTES = BODY_BYTES - 512;
/** For one header or URL; Node allows 16 KiB for all of them. */
export const HEAD_CHARACTERS = 14 * 1024;

export const HOSTILE_HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
export const HOSTILE_ID = '00000000-0000-4000-8000-000000000001';

const ONE = `/api/v1/integrations/${HOSTILE_ID}`;
const HUB = `/api/v1/integrations/hubs/${HOSTILE_HUB}`;
const UPDATE = `/api/v1/integrations/hubs/${HOSTILE_ID}`;

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const get = (path: string, headers: HostileRequest['headers'] = {}): HostileRequest => ({
  method: 'GET',
  path,
  headers,
  body: '',
});
const post = (path: string, body: string): HostileRequest => ({ method: 'POST', path, headers: {}, body });
export const patch = (body: string): HostileRequest => ({ method: 'PATCH', path: ONE, headers: {}, body });

/** Requests with a JSON value at each position of a body. */
export function bodiesWith(value: string): readonly HostileRequest[] {
  const create = (channel: string, configuration: string) =>
    post(HUB, `{"channelId":"${channel}","name":"a","configuration":${configuration}}`);
  return [
    post(HUB, value),
    ...['TwilioSMS', 'WebChat', 'Direct', 'System', 'Slack'].map((channel) => create(channel, value)),
    post(HUB, `{"channelId":"WebChat","name":${value},"configuration":{}}`),
    post(HUB, `{"channelId":${value},"name":"a","configuration":{}}`),
    create('Direct', `{"integrationType":"Agent","webhookUrl":${value}}`),
    create('WebChat', `{"allowedOrigins":${value}}`),
    create('System', `{"webhookUrl":"https://h","events":${value}}`),
    patch(value),
    patch(`{"configuration":${value}}`),
    patch(`{"configuration":{"start":${value}}}`),
    patch(`{"configuration":{"start":[{"type":"text","text":${value}}]}}`),
    patch(`{"configuration":{"webhookUrl":${value}}}`),
    post(UPDATE, `{"configuration":${value}}`),
    post(`${ONE}/secrets/privateSigningKey/compare`, `{"value":${value}}`),
    post('/api/v1/webhooks/verify', value),
  ];
}

const HEADERS = [
  ...['if-match', 'if-none-match', 'prefer', 'cache-control', 'pragma', 'accept', 'cookie', 'authorization'],
  ...['x-api-key', 'x-request-id', 'traceparent', 'tracestate', 'idempotency-key', 'content-type', 'x-on-behalf-of'],
  ...['x-tenant-id', 'x-request-timeout-ms', 'origin', 'access-control-request-headers', 'accept-encoding', 'range'],
  ...['x-hubster-signature', 'x-hubster-public-key', 'x-hub-id', 'x-integration-id', 'forwarded', 'x-forwarded-for'],
];

/** One header with a hostile text, on a read and on a write. */
export function headersWith(text: string): readonly HostileRequest[] {
  const value = text.replace(/[^\t\u0020-\u007e]/g, 'a').slice(0, HEAD_CHARACTERS);
  const pairs = [
    ...HEADERS.map((name) => [name, value] as const),
    ['authorization', `Bearer ${value}`] as const,
    ['authorization', `Bearer eyJhbGciOiJSUzI1NiJ9.${value}`] as const,
  ];
  return pairs.flatMap(([name, content]) => [
    get(ONE, { [name]: content }),
    { ...patch('{"name":"b"}'), headers: { [name]: content } },
  ]);
}

const ROUTES = [
  ...['/api/v1/integrations', ONE, `${HUB}/Direct`, '/api/v1/channels', '/api/v1/audit/events'],
  ...['/problems/not-found', '/docs', '/health/ready'],
];
const PARAMETERS = ['hubId', 'pageNumber', 'pageSize', 'cursor', 'from', 'limit', 'action', 'a'];

/** URLs with a hostile text in the query and in the path. */
export function urlsWith(text: string): readonly HostileRequest[] {
  const value = text.replace(/[^\u0021-\u007e]/g, 'a').slice(0, HEAD_CHARACTERS);
  return [
    ...ROUTES.map((route) => get(`${route}?${value}`)),
    ...PARAMETERS.map((name) => get(`/api/v1/audit/events?${name}=${value}`)),
    ...PARAMETERS.map((name) => get(`/api/v1/integrations?${name}=${value}`)),
    get(`/api/v1/integrations/${value}`),
    get(`${HUB}/${value}`),
    get(`/api/v1/channels/${value}`),
    get(`/problems/${value}`),
    get(`/docs/${value}`),
    get(`/${value}`),
  ];
}
