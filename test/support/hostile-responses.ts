import { HOSTILE_HUB, HOSTILE_ID } from './hostile-requests';
import { fill, HOSTILE_STRINGS, HOSTILE_VALUES } from './hostile-values';

/** The largest responses that Hubster may send, in bytes: for one integration, and for a list; less what stands around. */
const ONE_BYTES = 2 * 1024 * 1024 - 1024;
const LIST_BYTES = 8 * 1024 * 1024 - 4096;

export function integration(configuration: string, channel = 'Direct', id = HOSTILE_ID): string {
  const ids = `"integrationId":"${id}","hubId":"${HOSTILE_HUB}"`;
  return `{${ids},"integrationTypeId":"Agent","channelId":"${channel}","name":"a","statusId":3000,"configuration":${configuration}}`;
}

const direct = (member: string, value: string): string =>
  integration(`{"integrationType":"Agent","${member}":${value}}`);

/** Strings cost the same wherever they stand, but for those that are encoded otherwise. */
const STRINGS = ['one character', 'emoji', 'quotes', 'surrogates', 'masks'];
const VALUES = {
  ...HOSTILE_VALUES,
  ...Object.fromEntries(Object.entries(HOSTILE_STRINGS).filter(([name]) => STRINGS.includes(name))),
};

/** Largest responses of Hubster for one integration: each value at each place where it is read in another way. */
export function largestIntegrations(): Readonly<Record<string, string>> {
  const places: Record<string, (value: string) => string> = {
    'as the configuration': (value) => integration(value),
    'as the configuration in a string': (value) => integration(JSON.stringify(value)),
    'as the name': (value) => integration('{}').replace('"a"', () => value),
    'as an undeclared member': (value) => direct('undeclared', value),
    'as a URL': (value) => direct('webhookUrl', value),
    'as a secret': (value) => direct('privateSigningKey', value),
    'as a text': (value) => direct('welcomeMessage', value),
    'as messages': (value) => direct('start', value),
    'as origins': (value) => integration(`{"allowedOrigins":${value}}`, 'WebChat'),
    'as events': (value) => integration(`{"events":${value}}`, 'System'),
  };
  return Object.fromEntries(
    Object.entries(VALUES).flatMap(([name, value]) =>
      Object.entries(places).map(([place, body]) => [`${name}, ${place}`, body(value(ONE_BYTES))]),
    ),
  );
}

/** Largest error bodies of Hubster. */
export function largestErrors(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(VALUES).map(([name, value]) => [name, `{"status":400,"errors":${value(ONE_BYTES)}}`]),
  );
}

const guid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Largest lists of Hubster, as its array by channel. */
export function largestLists(): Readonly<Record<string, string>> {
  const list = (configuration: (index: number) => string): string =>
    `[${fill((index) => integration(configuration(index), 'Direct', guid(index)), LIST_BYTES)}]`;
  const secret = (key: string): string => `{"integrationType":"Agent","privateSigningKey":"${key}"}`;
  const filledWith = (name: string, bytes: number): string => VALUES[name]?.(bytes) ?? '';
  return {
    'many integrations': list(() => '{"integrationType":"Agent"}'),
    'secrets that begin alike': list((index) => secret(`EAAGm0PX${String(index).padStart(24, '0')}`)),
    'distinct secrets': list((index) => secret(`${index}EAAGm0PX${'z'.repeat(200)}`)),
    'distinct URLs': list(
      (index) => `{"integrationType":"Agent","webhookUrl":"https://h.example/${index}?${'a=b&'.repeat(20)}"}`,
    ),
    'configurations of 100 KB': list(() => `{"integrationType":"Agent","start":${filledWith('messages', 100_000)}}`),
    'configurations of 2 MiB': list(() => `{"start":${filledWith('messages', ONE_BYTES)}}`),
    'one configuration of 8 MiB': list(() => `{"start":${filledWith('messages', LIST_BYTES)}}`),
    'one secret of 8 MiB': list(() => secret('a'.repeat(LIST_BYTES))),
    'one text of 8 MiB': list(() => `{"welcomeMessage":${filledWith('emoji', LIST_BYTES)}}`),
    'undeclared members': list(() => filledWith('distinct members', 100_000)),
    numbers: filledWith('small numbers', LIST_BYTES),
    'numbers that no double holds': filledWith('numbers that no double holds', LIST_BYTES),
    'one number': filledWith('one long number', LIST_BYTES),
    'one object': filledWith('distinct members', LIST_BYTES),
    'empty objects': `[${fill(() => '{}', LIST_BYTES)}]`,
    hubs: `[${fill(() => '{"hubId":1}', LIST_BYTES)}]`,
    'one text of 3 MiB': list(() => `{"welcomeMessage":${filledWith('emoji', 3 * 1024 * 1024 - 2)}}`),
    'white space': `[${' '.repeat(LIST_BYTES)}]`,
  };
}
