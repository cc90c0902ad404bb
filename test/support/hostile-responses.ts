import { HOSTILE_HUB, HOSTILE_ID } from './hostile-requests';
import { fill, HOSTILE_STRINGS, HOSTILE_VALUES } from './hostile-values';

/** The largest responses that Hubster may send, in bytes: for one integration, and for a list; less what stands around. */
export const ONE_BYTES = 2 * 1024 * 1024 - 1024;
const LIST_BYTES = 8 * 1024 * 1024 - 4096;
const ERROR_BYTES = 256 * 1024 - 64;

export function integration(configuration: string, channel = 'Direct', id = HOSTILE_ID): string {
  const ids = `"integrationId":"${id}","hubId":"${HOSTILE_HUB}"`;
  return `{${ids},"integrationTypeId":"Agent","channelId":"${channel}","name":"a","statusId":3000,"configuration":${configuration}}`;
}

const direct = (member: string, value: string): string =>
  integration(`{"integrationType":"Agent","${member}":${value}}`);

const VALUES = { ...HOSTILE_VALUES, ...HOSTILE_STRINGS };
const filledWith = (name: string, bytes: number): string => VALUES[name]?.(bytes) ?? '';

/** Integrations with a value at each place that is read in another way. */
const PLACES: Readonly<Record<string, (value: string) => string>> = {
  configuration: (value) => integration(value),
  'configuration in a string': (value) => integration(JSON.stringify(value)),
  name: (value) => integration('{}').replace('"a"', () => value),
  'undeclared member': (value) => direct('undeclared', value),
  URL: (value) => direct('webhookUrl', value),
  secret: (value) => direct('privateSigningKey', value),
  text: (value) => direct('welcomeMessage', value),
  messages: (value) => direct('start', value),
  message: (value) => direct('start', `[{"type":"text","text":${value}}]`),
  origins: (value) => integration(`{"allowedOrigins":${value}}`, 'WebChat'),
  events: (value) => integration(`{"events":${value}}`, 'System'),
};

export function integrationsWith(value: string): readonly string[] {
  return Object.values(PLACES).map((integrationWith) => integrationWith(value));
}

/** What took longest of all pairs of a place and a value, and what took longest before it was mended. */
const WORST: Readonly<Record<string, readonly string[]>> = {
  configuration: [
    'distinct members',
    'members of 2,200 bytes',
    'one member again and again',
    'members with long names',
  ],
  'configuration in a string': ['members with long names'],
  name: ['one long number', 'emoji', 'surrogates'],
  'undeclared member': ['members with long names', 'numbers that no double holds, nested 20 deep'],
  URL: ['numbers that no double holds, nested 20 deep', 'messages with numbers that no double holds', 'emoji'],
  secret: [
    'numbers that no double holds, nested 20 deep',
    'messages with numbers that no double holds',
    'many masks',
    'emoji',
  ],
  text: ['numbers that no double holds', 'escaped characters', 'surrogates'],
  messages: [
    'numbers that no double holds, nested 20 deep',
    'messages with numbers that no double holds',
    'messages of no type',
  ],
  message: [
    'groups of negative zeros',
    'groups of small exponents',
    'empty objects',
    'negative zeros among long texts',
    'empty objects among texts',
  ],
  origins: [
    'numbers that no double holds, nested 20 deep',
    'groups of negative zeros',
    'URLs, all different',
    'many masks',
    '1,000 queries of a URL',
    '1,000 paths of a URL',
  ],
  events: [
    'messages with numbers that no double holds',
    'many masks',
    'groups of negative zeros',
    'groups of empty objects',
    'groups of empty texts',
    '1,000 texts of short words',
  ],
};

/** Largest responses of Hubster for one integration, by place and value. */
export function largestIntegrations(): readonly (readonly [place: string, value: string, response: string])[] {
  return Object.entries(WORST).flatMap(([place, values]) =>
    values.map((value) => [place, value, PLACES[place]?.(filledWith(value, ONE_BYTES)) ?? ''] as const),
  );
}

/** The largest error bodies of Hubster that are read, and one that is larger. */
export function largestErrors(): readonly string[] {
  const errors = (value: string, bytes: number): string => `{"status":400,"errors":${filledWith(value, bytes)}}`;
  return [
    errors('messages of no type', ERROR_BYTES),
    errors('numbers that no double holds', ERROR_BYTES),
    errors('distinct members', ERROR_BYTES),
    errors('numbers that no double holds', ONE_BYTES),
  ];
}

const guid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Largest lists of Hubster. */
export function largestLists(): Readonly<Record<string, string>> {
  const list = (configuration: (index: number) => string): string =>
    `[${fill((index) => integration(configuration(index), 'Direct', guid(index)), LIST_BYTES)}]`;
  const secret = (key: string): string => `{"integrationType":"Agent","privateSigningKey":"${key}"}`;
  return {
    'many integrations': list(() => '{"integrationType":"Agent"}'),
    'secrets that begin alike': list((index) => secret(`EAAGm0PX${String(index).padStart(24, '0')}`)),
    'distinct secrets': list((index) => secret(`${index}EAAGm0PX${'z'.repeat(200)}`)),
    'distinct URLs': list(
      (index) => `{"integrationType":"Agent","webhookUrl":"https://h.example/${index}?${'a=b&'.repeat(20)}"}`,
    ),
    'URLs that masks make longer': list(
      () => `{"integrationType":"Agent","webhookUrl":"https://h/?${'a&'.repeat(3900)}"}`,
    ),
    'URLs that masks make twice as long': list(
      () => `{"integrationType":"Agent","webhookUrl":"https://h/?${'a&'.repeat(650)}${'a=b&'.repeat(1000)}"}`,
    ),
    'negative zeros': list(() => `{"start":[{"a":${filledWith('groups of negative zeros', ONE_BYTES)}}]}`),
    'negative zeros among texts': list(
      () => `{"start":[{"a":${filledWith('negative zeros among long texts', ONE_BYTES)}}]}`,
    ),
    'empty texts': list(() => `{"start":[{"a":${filledWith('groups of empty texts', ONE_BYTES)}}]}`),
    'configurations of 100 KB': list(() => `{"integrationType":"Agent","start":${filledWith('messages', 100_000)}}`),
    'configurations of 2 MiB': list(() => `{"start":${filledWith('messages', ONE_BYTES)}}`),
    'one configuration of 8 MiB': list(() => `{"start":${filledWith('messages', LIST_BYTES)}}`),
    'one secret of 8 MiB': list(() => secret('a'.repeat(LIST_BYTES))),
    'one text of 8 MiB': `[${integration(`{"welcomeMessage":${filledWith('emoji', LIST_BYTES)}}`)}]`,
    'undeclared members': list(() => filledWith('distinct members', 100_000)),
    numbers: filledWith('small numbers', LIST_BYTES),
    'numbers that no double holds': filledWith('numbers that no double holds', LIST_BYTES),
    'one number': filledWith('one long number', LIST_BYTES),
    'one object': filledWith('distinct members', LIST_BYTES),
    'empty objects': `[${fill(() => '{}', LIST_BYTES)}]`,
    hubs: `[${fill(() => '{"hubId":1}', LIST_BYTES)}]`,
    'one text of 3 MiB': `[${integration(`{"welcomeMessage":${filledWith('emoji', 3 * 1024 * 1024 - 2)}}`)}]`,
    'white space': `[${' '.repeat(LIST_BYTES)}]`,
  };
}
