import { connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { Problem } from '../../problems/problem';
import { problemOf } from '../response/problem.filter';
import { acceptJsonBodies, bodyOf, receiveBody } from './body';

const JSON_TYPE = 'application/json';
const LIMIT = 256 * 1024;

const members = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":1`).join();

/** A bare server that responds with the body it received, or with the code of a problem. */
function server(): FastifyInstance {
  const fastify = Fastify();
  acceptJsonBodies(fastify, ({ raw }) => receiveBody(raw, () => undefined));
  fastify.setErrorHandler((error, _request, reply) => {
    const problem = problemOf(error);
    void reply.status(problem.status).send({ code: problem.code, errors: problem.details.errors });
  });
  fastify.route({ method: ['POST', 'PATCH'], url: '/', handler: async (request) => bodyOf(request) });
  fastify.delete('/', async ({ body }) => ({ hasBody: body !== undefined }));
  return fastify;
}

describe('bodies', () => {
  let fastify: FastifyInstance;

  beforeEach(() => {
    fastify = server();
  });
  afterEach(() => fastify.close());

  async function post(payload: string | Buffer, type: string | undefined = JSON_TYPE) {
    const response = await fastify.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': type } });
    return response.statusCode === 200 ? response.json() : [response.statusCode, response.json().code];
  }

  it.each([
    JSON_TYPE,
    'Application/JSON',
    'application/json;charset=utf-8',
    'application/json; charset="UTF-8"',
    'application/json; charset=utf8',
  ])('are accepted as %s [S-003]', async (type) => {
    expect(await post('{"a":[1,{"b":null}]}', type)).toEqual({ a: [1, { b: null }] });
  });

  it.each(['application/merge-patch+json', 'Application/Merge-Patch+JSON; charset=utf-8'])(
    'are accepted as %s with PATCH only [S-003]',
    async (type) => {
      const request = { url: '/', payload: '{"a":null}', headers: { 'content-type': type } } as const;
      expect((await fastify.inject({ ...request, method: 'PATCH' })).json()).toEqual({ a: null });
      expect(await post('{"a":null}', type)).toEqual([415, 'unsupported-media-type']);
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    'application/json-patch+json',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json; q=1; charset=utf-7',
    'bogus',
    ';;',
    'application/json, application/json',
  ])('are 415 as %s [S-003]', async (type) => {
    expect(await post('{"a":1}', type)).toEqual([415, 'unsupported-media-type']);
  });

  it('are 415 without a content type [S-003]', async () => {
    const response = await fastify.inject({ method: 'POST', url: '/', payload: Buffer.from('{"a":1}') });
    expect([response.statusCode, response.json().code]).toEqual([415, 'unsupported-media-type']);
  });

  it.each([undefined, '', JSON_TYPE, 'application/json; charset=latin1', 'text/plain', 'bogus', ';;'])(
    'are treated as absent when empty, whatever the content type: %j',
    async (type) => {
      for (const framing of [{}, { 'content-length': '0' }, { 'transfer-encoding': 'chunked' }]) {
        // Whether a stream is empty is unknown before it is read, so Fastify checks its content type first.
        if ('transfer-encoding' in framing && ['', 'bogus', ';;'].includes(type ?? '')) continue;
        const headers = { ...framing, ...(type !== undefined && { 'content-type': type }) };
        const deleted = await fastify.inject({ method: 'DELETE', url: '/', headers });
        expect([deleted.statusCode, deleted.json()]).toEqual([200, { hasBody: false }]);
        const created = await fastify.inject({ method: 'POST', url: '/', headers });
        expect(created.json()).toMatchObject({ code: 'validation-failed', errors: [{ code: 300 }] });
      }
    },
  );

  it.each(['{', '', ' ', '{"a":1}}', "{'a':1}", '{"a":1,}', '{"a":NaN}', '// {}', '[]', '"text"', '1', 'null', 'true'])(
    'rejects %j, which is not an object [S-713]',
    async (payload) => {
      const refused = payload === '' ? [400, 'validation-failed'] : [400, 'malformed-body'];
      expect(await post(payload)).toEqual(refused);
    },
  );

  it.each([
    ['at the top', '{"__proto__":{"a":1}}'],
    ['below', '{"a":[{"__proto__":1}]}'],
    ['written with escapes', '{"\\u005f_proto__":1}'],
  ])('must not have a key __proto__ %s', async (_where, payload) => {
    expect(await post(payload)).toEqual([400, 'malformed-body']);
  });

  it.each([
    ['a repeated member', '{"a":{"b":1,"b":1}}', { code: 303, pointer: '/a/b' }],
    ['a member that is repeated with an escape', '{"a":1,"\\u0061":1}', { code: 303, pointer: '/a' }],
    ['201 members', `{"a":{${members(201)}}}`, { code: 207, pointer: '/a' }],
    ['201 members at the top', `{${members(201)}}`, { code: 207, pointer: '' }],
    ['201 elements', `{"a":[${Array(201).fill(0)}]}`, { code: 207, pointer: '/a' }],
    ['over 25,000 values', `{"a":[${Array(130).fill(`[${Array(192).fill(0)}]`)}]}`, { code: 207, pointer: '' }],
    ['2,501 negative zeros', `{"a":[${Array(13).fill(`[${Array(192).fill('-0')},1.0]`)}]}`, { code: 207, pointer: '' }],
  ])('must not have %s: 400 with the pointer, and no value', async (_what, payload, error) => {
    const headers = { 'content-type': JSON_TYPE };
    const { statusCode, body } = await fastify.inject({ method: 'POST', url: '/', payload, headers });
    expect([statusCode, JSON.parse(body)]).toMatchObject([400, { code: 'validation-failed', errors: [error] }]);
  });

  it('may have 200 members or elements at a level, at many levels', async () => {
    const payload = `{${members(199)},"b":[${Array(100).fill(`{${members(200)}}`)}]}`;
    expect(await post(payload)).toEqual(JSON.parse(payload));
  });

  it.each(['gzip', 'deflate', 'br', 'zstd', 'identity, gzip', 'GZIP', 'x'])(
    'are 415 in the coding %s',
    async (coding) => {
      const headers = { 'content-type': JSON_TYPE, 'content-encoding': coding };
      const response = await fastify.inject({ method: 'POST', url: '/', payload: '{"a":1}', headers });
      expect([response.statusCode, response.json().code]).toEqual([415, 'unsupported-media-type']);
      expect(response.headers['accept-encoding']).toBe('identity');
    },
  );

  it.each(['identity', 'Identity', '', 'identity, identity'])(
    'may declare that they have no coding: %j',
    async (coding) => {
      const headers = { 'content-type': JSON_TYPE, 'content-encoding': coding };
      const response = await fastify.inject({ method: 'POST', url: '/', payload: '{"a":1}', headers });
      expect(response.json()).toEqual({ a: 1 });
    },
  );

  it.each(['constructor', 'toString', 'hasOwnProperty', 'prototype', ''])('may have a key "%s"', async (key) => {
    expect(await post(`{"${key}":1}`)).toEqual({ [key]: 1 });
  });

  it('may nest 32 containers deep and no deeper', async () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(await post(nested(32))).toEqual(JSON.parse(nested(32)));
    expect(await post(nested(33))).toEqual([400, 'malformed-body']);
    expect(await post(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toEqual([400, 'malformed-body']);
  });

  it('may have 256 KiB and no more [S-015]', async () => {
    const sized = (bytes: number) => `{"a":"${'x'.repeat(bytes - '{"a":""}'.length)}"}`;
    expect(await post(sized(LIMIT))).toEqual(JSON.parse(sized(LIMIT)));
    expect(await post(sized(LIMIT + 1))).toEqual([413, 'body-too-large']);
  });

  it('are 415 before their size is checked', async () => {
    expect(await post('x'.repeat(LIMIT + 1), 'text/plain')).toEqual([415, 'unsupported-media-type']);
  });

  it.each([
    ['a lone continuation byte', [0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0x80, 0x22, 0x7d]],
    ['Latin-1', [...Buffer.from('{"a":"é"}', 'latin1')]],
    ['UTF-16', [...Buffer.from('{"a":1}', 'utf16le')]],
  ])('are UTF-8 or malformed: %s', async (_what, bytes) => {
    expect(await post(Buffer.from(bytes))).toEqual([400, 'malformed-body']);
  });

  it('may begin with a byte order mark (RFC 8259, 8.1)', async () => {
    expect(await post('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it('have one content type: of two headers the first counts, as Node reads them', async () => {
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    const response = await speak(fastify, [JSON_TYPE, 'text/plain'], '{"a":1}');
    expect(response).toMatch(/^HTTP\/1\.1 200 .*\{"a":1\}$/s);
    expect(await speak(fastify, ['text/plain', JSON_TYPE], '{"a":1}')).toMatch(/^HTTP\/1\.1 415 /);
  });
});

describe('bodyOf', () => {
  it('does not quote rejected values', async () => {
    const fastify = server();
    const response = await fastify.inject({
      method: 'POST',
      url: '/',
      payload: '["canary"',
      headers: { 'content-type': JSON_TYPE },
    });
    expect(response.body).not.toContain('canary');
    await fastify.close();
  });
});

/** A POST with several content types, which most clients cannot send. */
function speak(fastify: FastifyInstance, types: readonly string[], body: string): Promise<string> {
  const address = fastify.server.address();
  if (address === null || typeof address === 'string') throw new Problem('internal-error');
  const headers = [
    ...types.map((type) => `Content-Type: ${type}`),
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(address.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${headers.join('\r\n')}\r\n\r\n${body}`);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', reject);
  });
}
