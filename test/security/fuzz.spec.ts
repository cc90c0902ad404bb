import { type IncomingHttpHeaders, request } from 'node:http';
import fc from 'fast-check';
import { CHANNELS } from '../../src/channels/channel-registry';
import { PROBLEM_CODES } from '../../src/problems/problem-registry';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

/** `npm run test:fuzz` makes 20,000. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 500);
/** Part of the test's title: the same seed makes the same requests. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

jest.setTimeout(30_000 + RUNS * 100);

interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface ReceivedResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'];
const ROUTES = [
  ...['/integrations', '/integrations/:', '/integrations/hubs/:', '/integrations/hubs/:/:', '/channels', '/channels/:'],
  ...['/integrations/:/secrets/:/compare', '/webhooks/verify', '/audit/events', '/cache', '/me', '/:', '/:/:'],
];
const HEADERS = [
  ...['x-tenant-id', 'idempotency-key', 'if-match', 'if-none-match', 'prefer', 'cache-control', 'accept', 'origin'],
  ...['x-request-id', 'traceparent', 'x-request-timeout-ms', 'x-on-behalf-of', 'content-type'],
  ...['x-integration-id', 'x-hub-id', 'x-hubster-public-key', 'x-hubster-signature', 'x-forwarded-for'],
];
const FIELDS = CHANNELS.flatMap(({ fields }) => fields);
const namesOf = (fields: typeof FIELDS) => [...new Set(fields.map(({ name }) => name))];
const SECRET_FIELDS = namesOf(FIELDS.filter(({ secret }) => secret));
const OTHER_FIELDS = namesOf(FIELDS.filter(({ secret }) => !secret));
/** Headers whose values no output may contain. */
const SECRET_HEADERS = [
  'authorization',
  'cookie',
  'x-hubster-signature',
  'if-match',
  'if-none-match',
  'idempotency-key',
];

describe(`${RUNS} random requests, seed ${SEED}`, () => {
  let stagedoor: Stagedoor;
  let known: readonly string[];

  beforeAll(async () => {
    stagedoor = await startStagedoor();
    const made = CHANNELS.filter(({ isCreatable }) => isCreatable).map(async ({ id, example }) => {
      const body = { channelId: id, name: `fuzzed ${id}`, configuration: example };
      return (await stagedoor.as('acme-app').post(`/api/v1/integrations/hubs/${HUBS.acme}`).send(body)).body
        .integrationId;
    });
    known = [...Object.values(HUBS), ...(await Promise.all(made))];
  });
  afterAll(() => stagedoor.close());

  /** Random requests that resemble valid ones, with secrets in their usual positions. */
  function requests(): fc.Arbitrary<FuzzedRequest> {
    const secret = fc.constantFrom(...Array.from({ length: 20 }, (_, index) => stagedoor.watch.plant(`fuzz ${index}`)));
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(...known, '*', '********'));
    const id = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, text.map(encodeURIComponent));
    const query = fc.dictionary(
      fc.constantFrom('hubId', 'pageNumber', 'pageSize', 'limit', 'cursor', 'from', 'x'),
      text,
    );
    const path = fc
      .tuple(fc.constantFrom(...ROUTES), fc.array(id, { minLength: 2, maxLength: 2 }), query)
      .map(([route, ids, parameters]) => {
        const [first = '', second = ''] = ids;
        const search = new URLSearchParams(parameters).toString();
        return `/api/v1${route.replace(':', first).replace(':', second)}${search && `?${search}`}`;
      });
    const header = fc.oneof(
      fc.stringMatching(/^[ -~]{0,40}$/),
      fc.constantFrom('*', 'application/json', 'application/x-ndjson', 'handling=lenient', '250', 'no-cache', 'acme'),
    );
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('********', ...known));
    const configuration = fc
      .tuple(
        fc.dictionary(fc.oneof(fc.constantFrom(...OTHER_FIELDS), text), value, { maxKeys: 5 }),
        fc.dictionary(fc.constantFrom(...SECRET_FIELDS), fc.oneof(secret, fc.constant('********')), { maxKeys: 2 }),
      )
      .map(([others, secrets]) => ({ ...others, ...secrets }));
    const integration = fc.record(
      {
        channelId: fc.oneof(fc.constantFrom(...CHANNELS.map(({ id: channel }) => channel)), value),
        name: fc.oneof(text, value),
        statusId: fc.oneof(fc.constantFrom(3000, 3002), value),
        configuration: fc.oneof(configuration, fc.constantFrom(...CHANNELS.map(({ example }) => example)), value),
        integrationId: fc.oneof(id, value),
        value: secret,
      },
      { requiredKeys: [] },
    );
    return fc.record({
      method: fc.constantFrom(...METHODS),
      path,
      headers: fc
        .tuple(
          fc.dictionary(fc.constantFrom(...HEADERS), header, { maxKeys: 4 }),
          fc.dictionary(fc.constantFrom(...SECRET_HEADERS), secret, { maxKeys: 1 }),
        )
        .map(([others, secrets]) => ({ ...others, ...secrets })),
      body: fc.oneof(
        fc.constant(''),
        { weight: 3, arbitrary: integration.map((body) => JSON.stringify(body)) },
        fc.json(),
        text,
      ),
    });
  }

  it('receives no 500, and a problem for every rejection', async () => {
    const property = fc.asyncProperty(requests(), async (fuzzed) => {
      const { status, headers, text } = await send(fuzzed);
      expect(status).not.toBe(500);
      if (status < 400 || fuzzed.method === 'HEAD') return;
      const problem = JSON.parse(text);
      expect(headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(problem).toMatchObject({ status, title: expect.any(String), requestId: headers['x-request-id'] });
      expect(PROBLEM_CODES).toContain(problem.code);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
    await stagedoor.as().get('/health/live').expect(200);
  });

  function send({ method, path, headers, body }: FuzzedRequest): Promise<ReceivedResponse> {
    const framing = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
    const always = { 'x-api-key': stagedoor.keyOf('acme-app'), ...framing };
    return new Promise((resolve, reject) => {
      request(stagedoor.url + path, { method, headers: { ...always, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const { statusCode = 0, headers: received } = response;
          resolve({ status: statusCode, headers: received, text: Buffer.concat(chunks).toString() });
        });
      })
        .once('error', reject)
        .end(body);
    });
  }
});
