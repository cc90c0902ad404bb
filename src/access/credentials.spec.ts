import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { Problem } from '../problems/problem';
import { credentialsOf, type RequestHeaders } from './access';

type Line = readonly [name: string, value: string];

// Through a real server, as Node decides how it joins or drops repeated headers.
const server = createServer({ maxHeaderSize: 64 * 1024 }, (_request, response) => response.end());

beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => once(server.close(), 'close'));

describe('credentialsOf [S-757]', () => {
  it.each<[string, Line[]]>([
    ['a bearer', [['Authorization', 'Bearer sd_key']]],
    ['a bearer in another case', [['AUTHORIZATION', 'bEARER sd_key']]],
    ['a key', [['X-API-Key', 'sd_key']]],
    ['both, when they are equal', [bearer('sd_key'), ['x-api-key', 'sd_key']]],
    ['a bearer of 16 KiB, scheme included', [bearer('k'.repeat(16 * 1024 - 7))]],
  ])('accepts %s', async (_what, lines) => {
    const [, value = ''] = lines[0] ?? [];
    expect(credentialsOf(await received(lines)).presented.reveal()).toBe(value.replace(/^bearer /i, ''));
  });

  it.each<[string, Line[]]>([
    ['none', []],
    ['an empty bearer', [bearer('')]],
    ['another scheme', [['Authorization', 'Basic c2RfOmtleQ==']]],
    ['no scheme', [['Authorization', 'sd_key']]],
    ['a bearer in two words', [bearer('sd_key more')]],
    ['a key that is no ASCII', [['X-API-Key', 'sd_kéy']]],
    ['an empty key', [['X-API-Key', '']]],
    ['two different ones', [bearer('sd_key'), ['X-API-Key', 'sd_other']]],
    [
      'a good key beside another scheme',
      [
        ['Authorization', 'Basic c2RfOmtleQ=='],
        ['X-API-Key', 'sd_key'],
      ],
    ],
    ['a good bearer beside an empty key', [bearer('sd_key'), ['X-API-Key', '']]],
    ['a bearer twice, though equal', [bearer('sd_key'), ['authorization', 'Bearer sd_key']]],
    [
      'a key twice, though equal',
      [
        ['X-API-Key', 'sd_key'],
        ['x-api-key', 'sd_key'],
      ],
    ],
    ['an empty bearer before a good one', [['Authorization', ''], bearer('sd_key')]],
    ['a bearer over 16 KiB', [bearer('k'.repeat(16 * 1024 - 6))]],
    ['a key over 16 KiB', [['X-API-Key', 'k'.repeat(16 * 1024 + 1)]]],
  ])('rejects %s with 401, without details', async (_what, lines) => {
    const message = await received(lines);
    expect(() => credentialsOf(message)).toThrow(new Problem('unauthenticated'));
  });
});

function bearer(token: string): Line {
  return ['Authorization', `Bearer ${token}`];
}

async function received(lines: readonly Line[]): Promise<RequestHeaders> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
  const sent = request({ port: address.port, agent: false, headers: ['Host', 'localhost', ...lines.flat()] });
  const [[message]] = await Promise.all([once(server, 'request'), once(sent.end(), 'response')]);
  return message;
}
