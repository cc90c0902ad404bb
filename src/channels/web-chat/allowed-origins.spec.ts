import { fieldViolations, shown } from '../../../test/support/channels/field-violations';
import type { JsonValue } from '../../json/json-value';
import { MASK } from '../../secrets/secret';
import { webChat } from './web-chat.channel';

const codes = (value: JsonValue) => fieldViolations(webChat, 'allowedOrigins', value);
const shownOrigins = (value: JsonValue) => shown(webChat, 'allowedOrigins', value);

describe('allowed origins', () => {
  it.each([
    'localhost',
    'hubster.io',
    'HUBSTER.io',
    'a.b.c.hubster.io',
    'hubster.io:8443',
    'localhost:3000',
    'http://localhost:3000',
    'https://hubster.io',
    'HTTPS://hubster.io',
    '*.hubster.io',
    'http://*.hubster.io',
    'https://*.hubster.io:8443',
    '127.0.0.1',
    '127.0.0.1:8080',
    '[::1]',
    'http://[2001:db8::1]:8080',
    'münchen.example',
    '例え.テスト',
    'xn--mnchen-3ya.example',
    'hubster.io.',
    'my_host.hubster.io',
    '3com.example',
  ])('accepts %s [S-221]', (origin) => {
    expect(codes([origin])).toEqual([]);
  });

  it.each([
    ['an empty text', ''],
    ['a bare star', '*'],
    ['a bare star and a port', '*:80'],
    ['a star as host of a scheme', 'https://*'],
    ['a star and a dot', '*.'],
    ['a star, a dot and a port', '*.:80'],
    ['two stars', '*.*.hubster.io'],
    ['a star inside', 'a.*.hubster.io'],
    ['a star that is part of a label', '*a.hubster.io'],
    ['a star before an IPv4 address', '*.127.0.0.1'],
    ['a star before an IPv6 address', '*.[::1]'],
    ['a scheme only', 'http://'],
    ['a scheme without slashes', 'https:'],
    ['a script', 'javascript:alert(1)'],
    ['a script that is empty', 'javascript:'],
    ['a scheme twice', 'http://https://hubster.io'],
    ['another scheme', 'ftp://hubster.io'],
    ['a scheme and no slashes', 'http:hubster.io'],
    ['slashes without a scheme', '//hubster.io'],
    ['a path', 'hubster.io/chat'],
    ['a slash at the end', 'https://hubster.io/'],
    ['a backslash', 'hubster.io\\chat'],
    ['a query', 'hubster.io?a=1'],
    ['a fragment', 'hubster.io#a'],
    ['user-info', 'user@hubster.io'],
    ['user-info with a password', 'https://user:pass@hubster.io'],
    ['a port that is empty', 'hubster.io:'],
    ['a port that is a word', 'hubster.io:http'],
    ['a port too large', 'hubster.io:65536'],
    ['a space before', ' hubster.io'],
    ['a space after', 'hubster.io '],
    ['a space inside', 'hubster .io'],
    ['an invisible character', 'hub\u200bster.io'],
    ['a new line after', 'hubster.io\n'],
    ['a tab inside', 'hub\tster.io'],
    ['a control character', 'hubster.io\u0000'],
    ['two hosts', 'hubster.io,example.com'],
    ['another directive of a policy', "hubster.io;script-src'none'"],
    ['quotes', "'self'"],
    ['markup', '<hubster.io>'],
    ['an escape', '%68ubster.io'],
    ['an IPv6 address without brackets', '::1'],
    ['a bracket that is not closed', '[::1'],
    ['an IPv4 address out of range', '256.1.1.1'],
    ['an empty label', 'hubster..io'],
    ['a dot only', '.'],
    ['a dot before', '.hubster.io'],
    ['a full-width slash', 'hubster.io／chat'],
    ['a text too long', `${'a'.repeat(253)}.io`],
  ])('rejects %s (PRT 206) [S-221]', (_what, origin) => {
    expect(codes([origin])).toEqual([[206, 0]]);
  });

  it.each([
    ['a text', 'hubster.io'],
    ['an object', { 0: 'hubster.io', length: 1 }],
    ['null', null],
  ])('rejects %s in place of the list (PRT 302) [S-220]', (_what, value) => {
    expect(codes(value)).toEqual([[302]]);
  });

  it('rejects an empty list (PRT 306) [S-220]', () => {
    expect(codes([])).toEqual([[306]]);
  });

  it('shows up to 1,000 entries; a longer list is masked', () => {
    const hosts = Array.from({ length: 1001 }, (_, index) => `h${index}.example`);
    expect(shownOrigins(hosts.slice(1))).toHaveLength(1000);
    expect(shownOrigins(hosts)).toBe(MASK);
  });

  it('are shown up to 64 Ki characters in all, and masked whole beyond', () => {
    const urls = (length: number) => Array(60).fill(`https://h${'/a'.repeat(length / 2)}`);
    expect(shownOrigins(urls(1000))).toHaveLength(60);
    expect(shownOrigins(urls(1100))).toBe(MASK);
  });

  it('accepts 100 entries, not 101 (PRT 207) [S-015]', () => {
    const hosts = Array.from({ length: 101 }, (_, index) => `h${index}.example`);
    expect(codes(hosts.slice(1))).toEqual([]);
    expect(codes(hosts)).toEqual([[207]]);
  });

  it('accepts 255 characters, not 256 [S-015]', () => {
    const host = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}`;
    expect(codes([host])).toEqual([]);
    expect(codes([`${host}d`])).toEqual([[206, 0]]);
  });

  it('rejects a repeated entry, whatever its case, at its second index [S-220]', () => {
    expect(codes(['hubster.io', 'localhost', 'Hubster.IO'])).toEqual([[206, 2]]);
    expect(codes(['hubster.io', 'https://hubster.io'])).toEqual([]);
  });

  it('reports each invalid entry at its index', () => {
    expect(codes(['hubster.io', null, '*', 'localhost', 5])).toEqual([
      [302, 1],
      [206, 2],
      [302, 4],
    ]);
  });
});
