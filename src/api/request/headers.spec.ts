import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { CONFIG_VARIABLES } from '../../config/environment/variables';
import { Problem } from '../../problems/problem';
import { MASK } from '../../secrets/secret';
import { onBehalfOf, requestIdOf, timeoutOf } from './headers';

function request(headers: IncomingHttpHeaders): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  Object.assign(message.headers, headers);
  return message;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('X-Request-Id', () => {
  it.each(['a', 'A-1_b.2', 'x'.repeat(128)])('keeps %s', (id) => {
    expect(requestIdOf(request({ 'x-request-id': id }))).toBe(id);
  });

  it.each(['', 'x'.repeat(129), 'a b', 'a\n', 'é', 'a,b', '<x>', undefined])('replaces %j by a new one', (id) => {
    expect(requestIdOf(request(id === undefined ? {} : { 'x-request-id': id }))).toMatch(UUID);
  });

  it.each([
    ['the key', { 'x-api-key': 'sd_abcdefghijkl' }, 'sd_abcdefghijkl'],
    ['the key and more', { 'x-api-key': 'sd_abcdefghijkl' }, 'mine-sd_abcdefghijkl'],
    ['a part of the key', { 'x-api-key': 'sd_abcdefghijkl' }, 'abcdefgh'],
    ['the bearer', { authorization: 'Bearer abcdefghijkl' }, 'abcdefghijkl'],
  ])('replaces %s by a new one', (_what, headers, id) => {
    expect(requestIdOf(request({ ...headers, 'x-request-id': id }))).toMatch(UUID);
  });

  it('replaces one that contains a part of the key, at any position in both', () => {
    const key = 'sd_q1w2e3r4t5z6u7i8o9p0';
    for (let from = 0; from + 8 <= key.length; from += 1) {
      for (const before of ['', 'x', 'xx', 'xxx']) {
        const id = `${before}${key.slice(from, from + 8)}yyy`;
        expect(requestIdOf(request({ 'x-api-key': key, 'x-request-id': id }))).toMatch(UUID);
      }
    }
  });

  it('keeps one that shares only a few characters with the key', () => {
    expect(requestIdOf(request({ 'x-api-key': 'sd_abcdefghijkl', 'x-request-id': 'abcdefg' }))).toBe('abcdefg');
  });

  it('makes a different one each time', () => {
    expect(requestIdOf(request({}))).not.toBe(requestIdOf(request({})));
  });
});

describe('X-Request-Timeout-Ms', () => {
  it.each([
    ['100', 100],
    ['1500', 1500],
    ['300000', 300_000],
    [undefined, 300_000],
  ])('%j is %d ms', (value, ms) => {
    expect(timeoutOf(request(value === undefined ? {} : { 'x-request-timeout-ms': value }))).toBe(ms);
  });

  it('never shortens the longest deadline that can be configured', () => {
    for (const name of ['READ_DEADLINE', 'LIST_DEADLINE', 'WRITE_DEADLINE'] as const) {
      expect(CONFIG_VARIABLES[name].type.parse('5m')).toBe(timeoutOf(request({})));
      expect(CONFIG_VARIABLES[name].type.parse('301s')).toBeUndefined();
    }
  });

  it.each(['99', '300001', '0', '-100', '1e3', '100.5', ' 100', '', '100, 200', '9'.repeat(20), 'canary'])(
    '%j is 400',
    (value) => {
      const act = () => timeoutOf(request({ 'x-request-timeout-ms': value }));
      expect(act).toThrow(Problem);
      expect(act).toThrow(
        expect.objectContaining({
          code: 'validation-failed',
          details: expect.objectContaining({
            errors: [
              {
                code: 207,
                parameter: 'X-Request-Timeout-Ms',
                description: 'Whole milliseconds from 100 to 300000 are expected. (code: PRT000207)',
              },
            ],
          }),
        }),
      );
    },
  );
});

describe('X-On-Behalf-Of', () => {
  it.each([
    ['jane@example.com', 'jane@example.com'],
    ['x'.repeat(300), 'x'.repeat(255)],
    ['', undefined],
    [undefined, undefined],
  ])('%j is recorded as %j', (value, recorded) => {
    expect(onBehalfOf(request(value === undefined ? {} : { 'x-on-behalf-of': value }))).toBe(recorded);
  });

  it('is recorded as a mask if it contains the key of its request', () => {
    expect(onBehalfOf(request({ 'x-api-key': 'sd_abcdefghijkl', 'x-on-behalf-of': 'me sd_abcdefghijkl' }))).toBe(MASK);
    expect(onBehalfOf(request({ 'x-api-key': 'sd_abcdefghijkl', 'x-on-behalf-of': 'me, efghijkl' }))).toBe(MASK);
  });
});
