import { fieldViolations } from '../../test/support/channels/field-violations';
import type { JsonValue } from '../json/json-value';
import { direct } from './direct/direct.channel';

const codes = (value: JsonValue) => fieldViolations(direct, 'webhookUrl', value).flat();

describe('webhookUrl', () => {
  it.each([
    ['a host with underscores [S-248]', 'https://url_end_point.com'],
    ['plain http on localhost with a query [S-240]', 'http://localhost:5100/v1/api/integration?customer=1'],
    ['a path and a query', 'http://hubster.io/v1/api/integration?customer=1'],
    ['a scheme in capitals', 'HTTPS://hubster.io'],
    ['an IPv4 address', 'http://127.0.0.1:8080/hook'],
    ['an IPv6 address', 'http://[::1]:8080/hook'],
    ['a host in another script', 'https://münchen.example/hook'],
    ['an @ in the path', 'https://hubster.io/@team'],
    ['an @ in the query', 'https://hubster.io?to=a@b'],
    ['a fragment', 'https://hubster.io#a'],
    ['a secret-looking query', 'https://hubster.io/?token=abc'],
  ])('accepts %s [S-232]', (_what, url) => {
    expect(codes(url)).toEqual([]);
  });

  it.each([
    ['an empty text', ''],
    ['a host without a scheme', 'hubster.io'],
    ['a path without a host', '/hook'],
    ['slashes without a scheme', '//hubster.io/hook'],
    ['a scheme without slashes', 'http:hubster.io'],
    ['one slash', 'https:/hubster.io'],
    ['three slashes', 'https:///hubster.io'],
    ['backslashes', 'https:\\\\hubster.io'],
    ['a backslash after the host', 'https://hubster.io\\hook'],
    ['a backslash before an @', 'https://hubster.io\\@example.com'],
    ['a scheme without a host', 'https://'],
    ['a query without a host', 'https://?a=1'],
    ['another scheme', 'ftp://hubster.io'],
    ['a websocket', 'wss://hubster.io'],
    ['a script', 'javascript:alert(1)//http://x'],
    ['a file', 'file:///etc/passwd'],
    ['a port too large', 'https://hubster.io:65536'],
    ['an IPv4 address out of range', 'http://256.1.1.1'],
    ['user-info', 'https://user:pass@hubster.io'],
    ['a user without a password', 'https://user@hubster.io'],
    ['empty user-info', 'https://@hubster.io'],
    ['a password without a user', 'https://:pass@hubster.io'],
    ['user-info with an @', 'https://a@b@hubster.io'],
    ['a space before', ' https://hubster.io'],
    ['a space inside', 'https://hubster.io/a b'],
    ['a tab inside', 'https://hub\tster.io'],
    ['a new line inside', 'https://hubster.io/a\nb'],
    ['a new line after', 'https://hubster.io\n'],
    ['a control character', 'https://hubster.io/\u0000'],
  ])('rejects %s (PRT 206) [S-232]', (_what, url) => {
    expect(codes(url)).toEqual([206]);
  });

  it.each([[null], [1], [['https://hubster.io']], [{ href: 'https://hubster.io' }]])(
    'rejects %j (PRT 302)',
    (value) => {
      expect(codes(value)).toEqual([302]);
    },
  );

  it('accepts 2048 characters, not 2049 (PRT 207) [S-015]', () => {
    const url = `https://hubster.io/${'a'.repeat(2048 - 19)}`;
    expect(url).toHaveLength(2048);
    expect(codes(url)).toEqual([]);
    expect(codes(`${url}a`)).toEqual([207]);
  });
});
