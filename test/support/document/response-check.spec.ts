import { DocumentedApi } from './documented-api';
import type { OpenApiDocument } from './openapi-document';
import { type ObservedResponse, ResponseCheck } from './response-check';

const TEXT = { type: 'string' };
const PROBLEM_TYPE = 'application/problem+json';
const problem = {
  headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
  content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** Paths that overlap, references, optional headers, and a stream. */
const DOCUMENT = {
  paths: {
    '/things/{id}': {
      get: {
        responses: {
          200: {
            headers: {
              'X-Request-Id': { $ref: '#/components/headers/RequestId' },
              Age: { schema: { type: 'integer', minimum: 0 } },
            },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
          304: { headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } } },
          404: { $ref: '#/components/responses/Problem' },
          '5XX': problem,
        },
      },
      head: { responses: { 200: { headers: { Age: {} }, content: { 'application/json': {} } } } },
      options: {
        responses: {
          204: { headers: { Allow: { required: true, schema: TEXT } } },
          405: { ...problem, headers: { ...problem.headers, Allow: {} } },
        },
      },
    },
    '/things/events': {
      get: {
        responses: {
          200: { content: { 'application/x-ndjson': { schema: { $ref: '#/components/schemas/Things' } } } },
        },
      },
    },
  },
  components: {
    headers: { RequestId: { required: true, schema: { type: 'string', minLength: 3 } } },
    responses: { Problem: problem },
    schemas: {
      Thing: {
        type: 'object',
        required: ['id'],
        properties: {
          id: TEXT,
          size: { type: 'integer' },
          parts: {
            type: 'array',
            items: { allOf: [{ $ref: '#/components/schemas/Part' }, { properties: { kind: TEXT } }] },
          },
        },
      },
      Things: { type: 'string', 'x-line-schema': { $ref: '#/components/schemas/Thing' } },
      Part: { anyOf: [{ $ref: '#/components/schemas/NamedPart' }, { type: 'string' }] },
      NamedPart: { type: 'object', properties: { name: TEXT } },
      Problem: { type: 'object', required: ['code'], properties: { code: TEXT } },
    },
  },
};

type Changes = Partial<Omit<ObservedResponse, 'headers' | 'body' | 'request'>> & {
  readonly request?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

function observed({
  request = 'GET /things/1',
  status = 200,
  headers = {},
  body = '{"id":"1","size":2}',
}: Changes): ObservedResponse {
  const [method = '', target = ''] = request.split(' ');
  const all = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'r-1', ...headers };
  return {
    ...(request !== '' && { request: { method, target } }),
    status,
    headers: Object.entries(all).filter(([, value]) => value !== ''),
    body: Buffer.from(body),
  };
}

const check = (document: OpenApiDocument, changes: Changes = {}): readonly string[] =>
  new ResponseCheck(new DocumentedApi(document)).differences(observed(changes));

const rejection = { status: 404, headers: { 'content-type': PROBLEM_TYPE }, body: '{"code":"not-found"}' };

describe('a documented response has no differences', () => {
  it.each<[string, Changes]>([
    ['a body and headers', { headers: { age: '0' } }],
    ['a query', { request: 'GET /things/1?a=/b' }],
    ['a body of parts', { body: '{"id":"1","parts":[{"name":"a","kind":"b"}]}' }],
    ['a response by reference', rejection],
    ['a group of statuses', { ...rejection, status: 503 }],
    ['no body', { status: 304, headers: { 'content-type': '' }, body: '' }],
    ['HEAD', { request: 'HEAD /things/1', headers: { 'x-request-id': '' }, body: '' }],
    [
      'lines',
      {
        request: 'GET /things/events',
        headers: { 'content-type': 'application/x-ndjson', 'x-request-id': '' },
        body: '{"id":"1"}\n{"id":"2"}\n',
      },
    ],
    [
      'a verb of no operation',
      {
        ...rejection,
        request: 'PUT /things/1',
        status: 405,
        headers: { ...rejection.headers, allow: 'GET, HEAD, OPTIONS' },
      },
    ],
    ['an unknown path', { ...rejection, request: 'GET /others' }],
    ['bytes that are no request', { ...rejection, request: '', status: 400 }],
    ['a page beside the API', { request: 'GET /docs/', headers: { 'content-type': 'text/html' }, body: '<p>' }],
  ])('%s', (_what, changes) => {
    expect(check(DOCUMENT, changes)).toEqual([]);
  });
});

describe('a response that differs from the document is reported', () => {
  it.each<[string, Changes]>([
    ['GET /things/{id} 418: the status is not documented', { status: 418 }],
    ['GET /things/{id} 200: the header x-extra is not documented', { headers: { 'x-extra': '1' } }],
    ['GET /things/{id} 200: the header x-request-id is missing', { headers: { 'x-request-id': '' } }],
    [
      'GET /things/{id} 200: header x-request-id: must NOT have fewer than 3 characters',
      { headers: { 'x-request-id': 'r' } },
    ],
    ['GET /things/{id} 200: header age: must be integer', { headers: { age: 'old' } }],
    ['GET /things/{id} 200: header age: must be >= 0', { headers: { age: '-1' } }],
    ['GET /things/{id} 200: the media type text/html is not documented', { headers: { 'content-type': 'text/html' } }],
    ['GET /things/{id} 200: the body is missing', { headers: { 'content-type': '' }, body: '' }],
    ['GET /things/{id} 200: body: it is not JSON', { body: '{"id":' }],
    ["GET /things/{id} 200: body: must have required property 'id'", { body: '{}' }],
    ['GET /things/{id} 200: body: /size must be integer', { body: '{"id":"1","size":"2"}' }],
    ['GET /things/{id} 200: body: must NOT have unevaluated properties (more)', { body: '{"id":"1","more":1}' }],
    [
      'GET /things/{id} 200: body: /parts/* must NOT have unevaluated properties (more)',
      { body: '{"id":"1","parts":[{"name":"a","more":1}]}' },
    ],
    ['GET /things/{id} 304: the media type application/json is not documented', { status: 304 }],
    ["GET /things/{id} 404: body: must have required property 'code'", { ...rejection, body: '{}' }],
    [
      'GET /things/events 200: body: it is not JSON',
      {
        request: 'GET /things/events',
        headers: { 'content-type': 'application/x-ndjson', 'x-request-id': '' },
        body: '{"id":"1"}\n{"id"',
      },
    ],
    [
      'HEAD /things/{id} 200: the header etag is not documented',
      { request: 'HEAD /things/1', headers: { etag: '"1"', 'x-request-id': '' }, body: '' },
    ],
    ['PUT /things/{id} 200: the verb is not documented', { request: 'PUT /things/1' }],
    [
      'PUT /things/{id} 405: `Allow` is "GET", and the document has "GET, HEAD, OPTIONS"',
      { ...rejection, request: 'PUT /things/1', status: 405, headers: { ...rejection.headers, allow: 'GET' } },
    ],
    ['GET (undocumented path) 200: the status is not documented', { request: 'GET /others' }],
    [
      "GET (undocumented path) 404: body: must have required property 'code'",
      { ...rejection, request: 'GET /others', body: '{}' },
    ],
    [
      '(unreadable request) 400: the media type text/html is not that of problems',
      { ...rejection, request: '', status: 400, headers: { 'content-type': 'text/html' } },
    ],
  ])('%s', (difference, changes) => {
    expect(check(DOCUMENT, changes)).toContain(difference);
  });
});

describe('what is taken out of the document is reported', () => {
  const without = (...path: readonly string[]): OpenApiDocument => {
    const changed = structuredClone(DOCUMENT);
    const parent = path.slice(0, -1).reduce((value: object, key) => Reflect.get(value, key), changed);
    expect(Reflect.has(parent, path.at(-1) ?? '')).toBe(true);
    Reflect.deleteProperty(parent, path.at(-1) ?? '');
    return changed;
  };
  const get = ['paths', '/things/{id}', 'get', 'responses'];

  it.each([
    ['a path', ['paths', '/things/{id}'], 'GET (undocumented path) 200: the status is not documented'],
    ['a verb', ['paths', '/things/{id}', 'get'], 'GET /things/{id} 200: the verb is not documented'],
    ['a status', [...get, '200'], 'GET /things/{id} 200: the status is not documented'],
    ['a header', [...get, '200', 'headers', 'Age'], 'GET /things/{id} 200: the header age is not documented'],
    [
      'a media type',
      [...get, '200', 'content', 'application/json'],
      'GET /things/{id} 200: the media type application/json is not documented',
    ],
    [
      'a schema',
      [...get, '200', 'content', 'application/json', 'schema'],
      'GET /things/{id} 200: no schema is documented',
    ],
    [
      'a member',
      ['components', 'schemas', 'Thing', 'properties', 'size'],
      'GET /things/{id} 200: body: must NOT have unevaluated properties (size)',
    ],
  ])('%s', (_what, path, difference) => {
    expect(check(without(...path), { headers: { age: '0' } })).toEqual([difference]);
  });
});
