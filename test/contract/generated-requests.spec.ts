import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { document } from '../../docs/openapi.yaml';
import { CHANNELS } from '../../src/channels/channel-registry';
import { DocumentedApi } from '../support/document/documented-api';
import { type GeneratedRequest, generatedRequests, WRONG_TEXTS } from '../support/document/generated-requests';
import { isAcceptedDespite, isRejectedDespite } from '../support/document/honest-exceptions';
import { type ObservedResponse, ResponseCheck } from '../support/document/response-check';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

/** `npm run test:contract` makes 20,000. */
const RUNS = Number(process.env['CONTRACT_RUNS'] ?? 400);
/** Part of the test's title: the same seed makes the same requests. */
const SEED = Number(process.env['CONTRACT_SEED'] ?? Date.now() % 2 ** 31);

jest.setTimeout(60_000 + RUNS * 100);

const api = new DocumentedApi(document);
const check = new ResponseCheck(api);

describe(`${RUNS} requests generated from the document, seed ${SEED}`, () => {
  const agent = new Agent({ keepAlive: true });
  /** Ids of integrations of each channel. */
  const channels = new Map<string, string>();
  const seen = new Map<string, number>();
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    stagedoor = await startStagedoor({ limits: { acme: 1_000_000, globex: 1_000_000 }, shown: WRONG_TEXTS });
    for (const { id, example } of CHANNELS.filter(({ isCreatable }) => isCreatable)) {
      const body = { channelId: id, name: `generated ${id}`, configuration: example };
      const created = await stagedoor
        .as('acme-app')
        .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
        .send(body)
        .expect(200);
      channels.set(created.body.integrationId, id);
    }
  });
  afterAll(async () => {
    agent.destroy();
    await stagedoor.close();
  });

  it('have documented responses: what the document accepts is not invalid, and what it forbids is refused', async () => {
    const secrets = Array.from({ length: 10 }, (_, index) => stagedoor.watch.plant(`generated ${index}`));
    const requests = generatedRequests(api, { ids: [...channels.keys(), HUBS.acme, HUBS.acmeSecond], secrets });
    const property = fc.asyncProperty(requests, async (generated) => {
      const observed = await send(generated);
      expect(problemsWith(generated, observed)).toEqual([]);
      const kind = `${generated.forbidden.length > 0 ? 'forbidden' : 'accepted'} ${observed.status < 400 ? 'taken' : 'refused'}`;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      await removeCreated(generated, observed);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
    // Otherwise the requests would show nothing.
    expect(seen.get('accepted taken')).toBeGreaterThan(RUNS / 10);
    expect(seen.get('forbidden refused')).toBeGreaterThan(RUNS / 10);
    await stagedoor.as().get('/health/live').expect(200);
  });

  function problemsWith(generated: GeneratedRequest, observed: ObservedResponse): readonly string[] {
    const { status, body } = observed;
    const differences = check.differences(observed);
    const code: unknown = status === 400 && generated.method !== 'HEAD' ? JSON.parse(body.toString()).code : undefined;
    const isInvalid = code === 'validation-failed' || code === 'malformed-body';
    const text = `${generated.method} ${generated.target} ${JSON.stringify(generated.headers)} ${generated.body}`;
    if (generated.forbidden.length > 0) {
      const isTaken = status < 400 && !isAcceptedDespite(generated);
      return isTaken ? [...differences, `taken, although ${generated.forbidden.join('; ')}: ${text}`] : differences;
    }
    if (!isInvalid || isRejectedDespite(generated, { api, channels, response: body.toString() })) return differences;
    return [...differences, `refused, although the document accepts it: ${body} for ${text}`];
  }

  /** Lists stay short, however many requests create an integration. */
  async function removeCreated(
    { method, template, body = '' }: GeneratedRequest,
    observed: ObservedResponse,
  ): Promise<void> {
    if (method !== 'POST' || !template.endsWith('{hubId}') || observed.status !== 200) return;
    const { integrationId } = JSON.parse(observed.body.toString());
    if (body.includes('"channelId"') && !channels.has(integrationId))
      await stagedoor.as('acme-app').delete(`/api/v1/integrations/${integrationId}`);
  }

  function send({ method, target, headers, body }: GeneratedRequest): Promise<ObservedResponse> {
    const all = { 'x-api-key': stagedoor.keyOf('acme-app'), ...headers };
    const framing = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      request(stagedoor.url + target, { agent, method, headers: { ...all, ...framing } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const received = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
          resolve({
            request: { method, target },
            status: response.statusCode ?? 0,
            headers: received,
            body: Buffer.concat(chunks),
          });
        });
      })
        .once('error', reject)
        .end(body);
    });
  }
});
