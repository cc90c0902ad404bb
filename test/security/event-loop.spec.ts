import { Agent, request } from 'node:http';
import { raw, StubServer } from '../../src/hubster/testing/stub-server';
import { type MeasuredService, startMeasured, TICK_BUDGET_MS } from '../support/event-loop';
import {
  bodiesWith,
  HOSTILE_HUB,
  HOSTILE_ID,
  HOSTILE_TEXTS,
  HOSTILE_VALUES,
  type HostileRequest,
  headersWith,
  LARGEST_VALUE_BYTES,
  largestLists,
  largestResponses,
  urlsWith,
} from '../support/hostile-input';

/** `npm run test:event-loop` sends 10,000. */
const GENERATED = Number(process.env['EVENT_LOOP_REQUESTS'] ?? 200);
/** Part of the test's name: the same seed makes the same requests. */
const SEED = Number(process.env['EVENT_LOOP_SEED'] ?? Date.now() % 2 ** 31);
const KEY = 'the-api-key-of-the-event-loop-suite';
const HEAD_CHARACTERS = 14 * 1024;

jest.setTimeout(120_000 + GENERATED * 200);

const CURRENT = {
  integrationId: HOSTILE_ID,
  hubId: HOSTILE_HUB,
  integrationTypeId: 'Agent',
  channelId: 'Direct',
  name: 'current',
  statusId: 3000,
  configuration: { integrationType: 'Agent', privateSigningKey: 'a-private-signing-key' },
};

describe(`one request holds the event loop for at most ${TICK_BUDGET_MS} ms`, () => {
  const agent = new Agent({ keepAlive: true });
  let hubster: StubServer;
  let measured: MeasuredService;
  let response = JSON.stringify(CURRENT);
  let status = 200;

  beforeAll(async () => {
    hubster = await StubServer.start();
    hubster.portal = [
      (received, reply, socket) =>
        raw(status, response, { 'content-type': 'application/json' })(received, reply, socket),
    ];
    measured = await startMeasured({
      PORT: '0',
      HOST: '127.0.0.1',
      HUBSTER_PORTAL_URL: hubster.url.href,
      HUBSTER_IDENTITY_URL: hubster.url.href,
      HUBSTER_CLIENT_ID: 'event-loop',
      HUBSTER_CLIENT_SECRET: 'a-client-secret-of-this-suite',
      STAGEDOOR_API_KEY: KEY,
      SECRET_KEY: 'a-secret-key-of-the-event-loop-suite-32-bytes',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'pretty',
    });
    await measured.longestTickMs(warmUp);
  });
  afterEach(() => {
    [status, response] = [200, JSON.stringify(CURRENT)];
    hubster.received.length = 0;
  });
  afterAll(async () => {
    agent.destroy();
    await measured.service.stop();
    await hubster.close();
  });

  /** Compiles the paths that every request takes, so that the first test does not pay for it. */
  async function warmUp(): Promise<void> {
    for (const hostile of [...bodiesWith('{"a":1}').map(withHeaders), ...headersWith('a'), ...urlsWith('a')]) {
      for (let count = 0; count < 5; count += 1) await send(hostile);
    }
  }

  const withHeaders = (hostile: Omit<HostileRequest, 'headers'>): HostileRequest => ({ ...hostile, headers: {} });

  function send({ method, path, headers, body }: HostileRequest): Promise<number> {
    const framing = { 'content-length': String(Buffer.byteLength(body)) };
    const always = { 'x-api-key': KEY, 'content-type': 'application/json', 'cache-control': 'no-cache' };
    return new Promise((resolve) => {
      const sent = request(
        measured.url + path,
        { method, agent, headers: { ...always, ...headers, ...framing } },
        (answered) => {
          answered.resume().once('close', () => resolve(answered.statusCode ?? 0));
        },
      );
      // A connection that is closed over a request is a refusal like others.
      sent.once('error', () => resolve(0)).end(body);
    });
  }

  /** What holds the loop for longer than it may, with the milliseconds. */
  async function overBudget(requests: readonly HostileRequest[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (const hostile of requests) {
      const longest = await measured.longestTickMs(() => send(hostile));
      if (longest <= TICK_BUDGET_MS) continue;
      found.push(
        `${hostile.method} ${hostile.path.slice(0, 80)} ${Object.keys(hostile.headers)}: ${longest.toFixed()}`,
      );
    }
    return found;
  }

  it.each(Object.entries(HOSTILE_VALUES))('a body of 256 KiB: %s', async (_name, value) => {
    expect(await overBudget(bodiesWith(value(LARGEST_VALUE_BYTES)).map(withHeaders))).toEqual([]);
  });

  it.each(Object.entries(HOSTILE_TEXTS))('a header of 14 KiB: %s', async (_name, text) => {
    expect(await overBudget(headersWith(text(HEAD_CHARACTERS)))).toEqual([]);
  });

  it.each(Object.entries(HOSTILE_TEXTS))('a URL of 14 KiB: %s', async (_name, text) => {
    expect(await overBudget(urlsWith(text(HEAD_CHARACTERS)))).toEqual([]);
  });

  it.each(Object.entries(largestResponses()))('2 MiB of Hubster: %s', async (name, body) => {
    response = body;
    if (name.endsWith('as an error')) status = 400;
    const path = `/api/v1/integrations/${HOSTILE_ID}`;
    const read = { method: 'GET', path, headers: {}, body: '' };
    const write = { method: 'PATCH', path, headers: {}, body: '{"configuration":{"echo":true}}' };
    expect(await overBudget([read, write])).toEqual([]);
  });

  it.each(Object.entries(largestLists()))('8 MiB of Hubster: %s', async (_name, list) => {
    const read = (path: string): HostileRequest => ({ method: 'GET', path, headers: {}, body: '' });
    response = list;
    const byChannel = await overBudget([read(`/api/v1/integrations/hubs/${HOSTILE_HUB}/Direct`)]);
    response = `{"pageNumber":0,"pageSize":50,"total":2,"results":${list}}`;
    expect([...byChannel, ...(await overBudget([read('/api/v1/integrations')]))]).toEqual([]);
  });

  it(`${GENERATED} generated requests and responses, seed ${SEED}`, async () => {
    const random = seededRandom(SEED);
    const pick = <T>(items: readonly T[]): T => {
      const item = items[Math.floor(random() * items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    };
    const [values, texts] = [Object.values(HOSTILE_VALUES), Object.values(HOSTILE_TEXTS)];
    const found: string[] = [];
    for (let count = 0; count < GENERATED; count += 1) {
      const size = Math.floor(random() * LARGEST_VALUE_BYTES);
      const [body, header] = [
        pick(bodiesWith(pick(values)(size))),
        pick(headersWith(pick(texts)(size % HEAD_CHARACTERS))),
      ];
      const url = pick(urlsWith(pick(texts)(size % HEAD_CHARACTERS)));
      const headers = random() < 0.3 ? header.headers : {};
      found.push(...(await overBudget([random() < 0.7 ? { ...body, headers } : { ...url, headers: {} }])));
    }
    expect(found).toEqual([]);
  });
});

/** A linear congruential generator: numbers from 0 to 1, the same for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
