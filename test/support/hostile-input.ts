/** The largest body that a request may have, in bytes. */
const BODY_BYTES = 256 * 1024;
/** Room for one header or URL within Node's 16 KiB for all of them. */
const HEAD_CHARACTERS = 14 * 1024;
/** The largest responses that Hubster may send, in bytes: for one integration, and for a list. */
const ONE_BYTES = 2 * 1024 * 1024;
const LIST_BYTES = 8 * 1024 * 1024;

export const HOSTILE_HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
export const HOSTILE_ID = '00000000-0000-4000-8000-000000000001';

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Texts that are expensive for some parser, each about as long as asked for. */
export const HOSTILE_TEXTS: Readonly<Record<string, (length: number) => string>> = {
  'one character': (length) => 'a'.repeat(length),
  spaces: (length) => ' '.repeat(length),
  'question marks': (length) => `https://h/${'?'.repeat(length)}`,
  'at signs': (length) => `https://${'@'.repeat(length)}`,
  slashes: (length) => `https:${'/'.repeat(length)}`,
  colons: (length) => `https://h${':'.repeat(length)}`,
  dots: (length) => 'a.'.repeat(length / 2),
  dashes: (length) => `${'a-'.repeat(length / 2)}`,
  'parameters of a URL': (length) => `https://h/?${'token=a&'.repeat(length / 8)}`,
  'matrix parameters': (length) => `https://h/${';token=a'.repeat(length / 8)}`,
  'equals signs': (length) => `https://h/?a${'=a'.repeat(length / 2)}`,
  'path segments': (length) => `https://h${'/abcdefghijklmnop1'.repeat(length / 18)}`,
  'percent signs': (length) => `https://h/?${'%'.repeat(length)}=1`,
  'percent encodings': (length) => `https://h/?${'%41'.repeat(length / 3)}=1`,
  tabs: (length) => `https://${'\t'.repeat(length)}`,
  masks: (length) => '********'.repeat(length / 8),
  emoji: (length) => '😀'.repeat(length / 4),
  surrogates: (length) => '\ud83d'.repeat(length / 6),
  quotes: (length) => '"'.repeat(length / 2),
  commas: (length) => 'a,'.repeat(length / 2),
  'tags of entities': (length) => '"a", '.repeat(length / 5),
  'quoted parameters': (length) => `a;${'b="c";'.repeat(length / 6)}`,
};

const fill = (item: (index: number) => string, bytes: number): string => {
  const items: string[] = [];
  for (let length = 0; length < bytes; length += (items.at(-1)?.length ?? 0) + 1) items.push(item(items.length));
  return items.join(',');
};

/** JSON values that are expensive to read, check or write, each about as many bytes as asked for. */
export const HOSTILE_VALUES: Readonly<Record<string, (bytes: number) => string>> = {
  'distinct members': (bytes) => `{${fill((index) => `"k${index}":1`, bytes)}}`,
  'members that are masks': (bytes) => `{${fill((index) => `"k${index}":"********"`, bytes)}}`,
  'one member again and again': (bytes) => `{${fill(() => '"a":1', bytes)}}`,
  'members that differ in case': (bytes) =>
    `{${fill((index) => `"${caseOf('authtokenwebhookurl', index)}":1`, bytes)}}`,
  'members that are indexes': (bytes) => `{${fill((index) => `"${4_000_000 - index}":1`, bytes)}}`,
  'nested arrays': (bytes) => '['.repeat(bytes / 2) + ']'.repeat(bytes / 2),
  'nested objects': (bytes) => `${'{"a":'.repeat(bytes / 6)}1${'}'.repeat(bytes / 6)}`,
  'nested as deeply as may be': (bytes) => fillNested(bytes),
  'distinct texts': (bytes) => `[${fill((index) => `"https://a${index}.example"`, bytes)}]`,
  'one text again and again': (bytes) => `[${fill(() => '"https://a.example"', bytes)}]`,
  masks: (bytes) => `[${fill(() => '"********"', bytes)}]`,
  messages: (bytes) => `[${fill(() => '{"type":"text","text":"a"}', bytes)}]`,
  'messages of no type': (bytes) => `[${fill(() => '{"kind":"a"}', bytes)}]`,
  'small numbers': (bytes) => `[${fill(() => '1', bytes)}]`,
  'numbers that no double holds': (bytes) => `[${fill(() => '10154275849012345678', bytes)}]`,
  'one long number': (bytes) => '1'.repeat(bytes),
  'escaped characters': (bytes) => `"${'\\u0061'.repeat(bytes / 6)}"`,
  ...Object.fromEntries(
    Object.entries(HOSTILE_TEXTS).map(([name, text]) => [
      `a text of ${name}`,
      (bytes: number) => JSON.stringify(text(bytes)),
    ]),
  ),
};

/** Another spelling of a word for each number. */
function caseOf(word: string, number: number): string {
  return [...word].map((letter, index) => ((number >> index) & 1 ? letter.toUpperCase() : letter)).join('');
}

function fillNested(bytes: number): string {
  const one = `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`;
  return `[${fill(() => one, bytes)}]`;
}

/** Requests whose body holds `value` at each place that a body has. */
export function bodiesWith(value: string): readonly Pick<HostileRequest, 'method' | 'path' | 'body'>[] {
  const one = `/api/v1/integrations/${HOSTILE_ID}`;
  const hub = `/api/v1/integrations/hubs/${HOSTILE_HUB}`;
  const update = `/api/v1/integrations/hubs/${HOSTILE_ID}`;
  const channels = ['TwilioSMS', 'WebChat', 'Direct', 'System', 'Slack'];
  return [
    { method: 'POST', path: hub, body: value },
    ...channels.map((channel) => ({
      method: 'POST',
      path: hub,
      body: `{"channelId":"${channel}","name":"a","configuration":${value}}`,
    })),
    { method: 'POST', path: hub, body: `{"channelId":"WebChat","name":${value},"configuration":{}}` },
    { method: 'POST', path: hub, body: `{"channelId":${value},"name":"a","configuration":{}}` },
    {
      method: 'POST',
      path: hub,
      body: `{"channelId":"Direct","name":"a","configuration":{"integrationType":"Agent","webhookUrl":${value}}}`,
    },
    {
      method: 'POST',
      path: hub,
      body: `{"channelId":"WebChat","name":"a","configuration":{"allowedOrigins":${value},"start":${value}}}`.slice(
        0,
        BODY_BYTES,
      ),
    },
    { method: 'PATCH', path: one, body: value },
    { method: 'PATCH', path: one, body: `{"configuration":${value}}` },
    { method: 'PATCH', path: one, body: `{"configuration":{"start":${value}}}` },
    { method: 'PATCH', path: one, body: `{"configuration":{"webhookUrl":${value}}}` },
    { method: 'POST', path: update, body: `{"configuration":${value}}` },
    { method: 'POST', path: `${one}/secrets/privateSigningKey/compare`, body: `{"value":${value}}` },
    { method: 'POST', path: '/api/v1/webhooks/verify', body: value },
  ];
}

/** The largest value that still fits a body with what stands around it. */
export const LARGEST_VALUE_BYTES = BODY_BYTES - 512;

const FOREIGN_HEADERS = [
  ...['if-match', 'if-none-match', 'prefer', 'cache-control', 'pragma', 'accept', 'cookie', 'authorization'],
  ...['x-api-key', 'x-request-id', 'traceparent', 'tracestate', 'idempotency-key', 'content-type', 'x-on-behalf-of'],
  ...['x-tenant-id', 'x-request-timeout-ms', 'origin', 'access-control-request-headers', 'accept-encoding', 'range'],
  ...['x-hubster-signature', 'x-hubster-public-key', 'x-hub-id', 'x-integration-id', 'forwarded', 'x-forwarded-for'],
];

/** One header with a hostile text, on a read and on a write. */
export function headersWith(text: string): readonly HostileRequest[] {
  const value = text.replace(/[^\t\u0020-\u007e]/g, 'a').slice(0, HEAD_CHARACTERS);
  const values = [value, `Bearer ${value}`, `Bearer eyJhbGciOiJSUzI1NiJ9.${value}`];
  return FOREIGN_HEADERS.flatMap((name) =>
    (name === 'authorization' ? values : [value]).flatMap((content) => [
      { method: 'GET', path: `/api/v1/integrations/${HOSTILE_ID}`, headers: { [name]: content }, body: '' },
      { method: 'POST', path: '/api/v1/webhooks/verify', headers: { [name]: content }, body: '{}' },
    ]),
  );
}

const ROUTES = [
  '/api/v1/integrations',
  `/api/v1/integrations/${HOSTILE_ID}`,
  `/api/v1/integrations/hubs/${HOSTILE_HUB}/Direct`,
  '/api/v1/channels',
  '/api/v1/audit/events',
  '/problems/not-found',
  '/docs',
  '/health/ready',
];
const PARAMETERS = ['hubId', 'pageNumber', 'pageSize', 'cursor', 'from', 'limit', 'action', 'a'];

/** URLs with a hostile text in the query and in the path. */
export function urlsWith(text: string): readonly HostileRequest[] {
  const value = text.replace(/[^\u0021-\u007e]/g, 'a').slice(0, HEAD_CHARACTERS);
  const get = (path: string): HostileRequest => ({ method: 'GET', path, headers: {}, body: '' });
  return [
    ...ROUTES.map((route) => get(`${route}?${value}`)),
    ...PARAMETERS.map((name) => get(`/api/v1/audit/events?${name}=${value}`)),
    ...PARAMETERS.map((name) => get(`/api/v1/integrations?${name}=${value}`)),
    get(`/api/v1/integrations/${value}`),
    get(`/api/v1/integrations/hubs/${HOSTILE_HUB}/${value}`),
    get(`/api/v1/channels/${value}`),
    get(`/problems/${value}`),
    get(`/docs/${value}`),
    get(`/${value}`),
  ];
}

function integration(configuration: string, channel: string, id = HOSTILE_ID): string {
  const ids = `"integrationId":"${id}","hubId":"${HOSTILE_HUB}"`;
  return `{${ids},"integrationTypeId":"Agent","channelId":"${channel}","name":"a","statusId":3000,"configuration":${configuration}}`;
}

/** Largest responses of Hubster for one integration. */
export function largestResponses(): Readonly<Record<string, string>> {
  const inside: Record<string, (value: string) => string> = {
    'as the configuration': (value) => integration(value, 'Direct'),
    'as the webhookUrl': (value) => integration(`{"integrationType":"Agent","webhookUrl":${value}}`, 'Direct'),
    'as a secret': (value) => integration(`{"integrationType":"Agent","privateSigningKey":${value}}`, 'Direct'),
    'as messages': (value) => integration(`{"integrationType":"Agent","start":${value}}`, 'Direct'),
    'as an error': (value) => `{"status":400,"errors":${value}}`,
  };
  return Object.fromEntries(
    Object.entries(HOSTILE_VALUES).flatMap(([name, value]) => {
      const large = value(ONE_BYTES - 1024);
      return Object.entries(inside).map(([where, body]) => [`${name}, ${where}`, body(large)]);
    }),
  );
}

const guid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Largest lists of Hubster, as its array by channel. */
export function largestLists(): Readonly<Record<string, string>> {
  const list = (item: (index: number) => string): string => `[${fill(item, LIST_BYTES - 4096)}]`;
  const direct = (configuration: (index: number) => string) =>
    list((index) => integration(configuration(index), 'Direct', guid(index)));
  return {
    'many integrations': direct(() => '{"integrationType":"Agent"}'),
    'secrets that begin alike': direct(
      (index) => `{"integrationType":"Agent","privateSigningKey":"EAAGm0PX${String(index).padStart(24, '0')}"}`,
    ),
    'distinct secrets': direct(
      (index) => `{"integrationType":"Agent","privateSigningKey":"${index}EAAGm0PX${'z'.repeat(200)}"}`,
    ),
    'distinct URLs': direct(
      (index) => `{"integrationType":"Agent","webhookUrl":"https://h.example/${index}?${'a=b&'.repeat(20)}"}`,
    ),
    'large configurations': direct(
      () => `{"integrationType":"Agent","start":${HOSTILE_VALUES['messages']?.(100_000)}}`,
    ),
    'undeclared members': direct(() => HOSTILE_VALUES['distinct members']?.(100_000) ?? ''),
    numbers: `[${fill(() => '1', LIST_BYTES - 4096)}]`,
    'empty objects': `[${fill(() => '{}', LIST_BYTES - 4096)}]`,
  };
}
