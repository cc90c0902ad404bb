import { Agent, request } from 'node:http';
import { type MeasuredService, startMeasured, TICK_BUDGET_MS } from '../support/event-loop';
import {
  bodiesWith,
  get,
  HEAD_CHARACTERS,
  HOSTILE_HUB,
  HOSTILE_ID,
  type HostileRequest,
  headersWith,
  LARGEST_VALUE_BYTES,
  patch,
  urlsWith,
} from '../support/hostile-requests';
import {
  integration,
  integrationsWith,
  largestErrors,
  largestIntegrations,
  largestLists,
  ONE_BYTES,
} from '../support/hostile-responses';
import { HOSTILE_STRINGS, HOSTILE_TEXTS, HOSTILE_VALUES } from '../support/hostile-values';
import { raw, StubServer } from '../support/hubster/stub-server';

/** `npm run test:event-loop` sends 10,000. */
const GENERATED = Number(process.env['EVENT_LOOP_REQUESTS'] ?? 200);
/** Part of the test's title: the same seed makes the same requests. */
const SEED = Number(process.env['EVENT_LOOP_SEED'] ?? Date.now() % 2 ** 31);
const KEY = 'pQ4vX9tLm2ZsRw7YkBn5HcDf8JgUa6Eo3';
const ONE = get(`/api/v1/integrations/${HOSTILE_ID}`);
const BODIES = { ...HOSTILE_VALUES, ...HOSTILE_STRINGS };
/** The first keeps the large value; the second replaces it, so that the trail records it. */
const PATCHES = [
  patch('{"configuration":{"echo":true}}'),
  patch('{"name":"b","configuration":{"start":[],"webhookUrl":"https://a.example"}}'),
];
const CURRENT = integration('{"integrationType":"Agent","privateSigningKey":"a-private-signing-key"}');

jest.setTimeout(120_000 + GENERATED * 200);

describe(`one request blocks the event loop for at most ${TICK_BUDGET_MS} ms`, () => {
  const agent = new Agent({ keepAlive: true });
  let hubster: StubServer;
  let measured: MeasuredService;
  let response = CURRENT;
  let status = 200;

  beforeAll(async () => {
    hubster = await StubServer.start();
    hubster.portal = [(...args) => raw(status, response, { 'content-type': 'application/json' })(...args)];
    measured = await startMeasured({
      PORT: '0',
      HOST: '127.0.0.1',
      HUBSTER_PORTAL_URL: hubster.url.href,
      HUBSTER_IDENTITY_URL: hubster.url.href,
      HUBSTER_CLIENT_ID: 'event-loop',
      HUBSTER_CLIENT_SECRET: 'Hq4ZtW8mXb2RnVc7JyKd5LgSf9PuTa3E',
      STAGEDOOR_API_KEY: KEY,
      SECRET_KEY: 'R7mKx2Qv9HbWt4YcZn8LdJg6SfPuEa5To1',
      LOG_LEVEL: 'info',
      LOG_FORMAT: 'pretty',
    });
    await measured.longestTickMs(warmUp);
  });
  /** Makes sure that the service still accepts this caller, so that no rejections were measured. */
  afterEach(async () => {
    [status, response] = [200, CURRENT];
    hubster.received.length = 0;
    expect(await send(ONE)).toBe(200);
  });
  afterAll(async () => {
    agent.destroy();
    await measured.service.stop();
    await hubster.close();
  });

  /** Compiles the code of every request before the first test. */
  async function warmUp(): Promise<void> {
    for (const hostile of [...bodiesWith('{"a":1}'), ...headersWith('a'), ...urlsWith('a')]) {
      for (let count = 0; count < 5; count += 1) await send(hostile);
    }
  }

  /** Resolves to the status, or to 0 if the service closed the connection, which is a rejection as well. */
  function send({ method, path, headers, body }: HostileRequest): Promise<number> {
    const framing = { 'content-length': String(Buffer.byteLength(body)) };
    const always = { 'x-api-key': KEY, 'content-type': 'application/json', 'cache-control': 'no-cache' };
    const options = { method, agent, headers: { ...always, ...headers, ...framing } };
    return new Promise((resolve) => {
      const sent = request(measured.url + path, options, (received) => {
        received.resume().once('close', () => resolve(received.statusCode ?? 0));
      });
      sent.once('error', () => resolve(0)).end(body);
    });
  }

  /** The requests over the budget, with their milliseconds; measured one by one only if all together are over it. */
  async function overBudget(...requests: readonly HostileRequest[]): Promise<readonly string[]> {
    const all = await measured.longestTickMs(async () => {
      for (const hostile of requests) await send(hostile);
    });
    if (all <= TICK_BUDGET_MS) return [];
    const found: string[] = [];
    for (const hostile of requests) {
      const longest = await measured.longestTickMs(() => send(hostile));
      if (longest > TICK_BUDGET_MS) found.push(`${longest.toFixed()} ms: ${summaryOf(hostile)} ${summaryOf(response)}`);
    }
    return found;
  }

  it.each(Object.entries(BODIES))('a body of 256 KiB: %s', async (_name, value) => {
    expect(await overBudget(...bodiesWith(value(LARGEST_VALUE_BYTES)))).toEqual([]);
  });

  it.each(Object.entries(HOSTILE_TEXTS))('a header and a URL of 14 KiB: %s', async (_name, text) => {
    const value = text(HEAD_CHARACTERS);
    expect(await overBudget(...headersWith(value), ...urlsWith(value))).toEqual([]);
  });

  it.each(largestIntegrations())('2 MiB of Hubster, as the %s: %s', async (_position, _value, body) => {
    response = body;
    expect(await overBudget(ONE, ...PATCHES)).toEqual([]);
  });

  it('error bodies of Hubster', async () => {
    for (const body of largestErrors()) {
      [status, response] = [400, body];
      expect(await overBudget(ONE)).toEqual([]);
    }
  });

  it.each(Object.entries(largestLists()))('8 MiB of Hubster: %s', async (_name, list) => {
    response = `{"pageNumber":0,"pageSize":50,"total":2,"results":${list}}`;
    expect(await overBudget(get('/api/v1/integrations'))).toEqual([]);
  });

  it('8 MiB of Hubster that masks make longer than 16 MiB are 502 [S-015]', async () => {
    response = largestLists()['URLs that masks make longer'] ?? '';
    expect(await send(get(`/api/v1/integrations/hubs/${HOSTILE_HUB}/Direct`))).toBe(502);
  });

  it('8 MiB of Hubster, by channel', async () => {
    response = largestLists()['many integrations'] ?? '';
    expect(await overBudget(get(`/api/v1/integrations/hubs/${HOSTILE_HUB}/Direct`))).toEqual([]);
  });

  it.each(['many integrations', 'configurations of 100 KB'])('ten times 8 MiB of Hubster at once: %s', async (name) => {
    response = `{"pageNumber":0,"pageSize":50,"total":2,"results":${largestLists()[name]}}`;
    const pages = Array.from({ length: 10 }, (_, page) => get(`/api/v1/integrations?pageNumber=${page}`));
    const longest = await measured.longestTickMs(() => Promise.all(pages.map(send)));
    expect(longest).toBeLessThanOrEqual(TICK_BUDGET_MS);
  });

  it(`${GENERATED} generated requests and responses, seed ${SEED}`, async () => {
    const random = seededRandom(SEED);
    const pick = <T>(items: readonly T[]): T => {
      const item = items[Math.floor(random() * items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    };
    const [values, texts] = [Object.values(BODIES), Object.values(HOSTILE_TEXTS)];
    const generate = (): HostileRequest => {
      response = CURRENT;
      if (random() < 0.1) {
        response = pick(integrationsWith(pick(values)(Math.floor(random() * ONE_BYTES))));
        return pick([ONE, ...PATCHES]);
      }
      const size = Math.floor(random() * LARGEST_VALUE_BYTES);
      const text = pick(texts)(size % HEAD_CHARACTERS);
      if (random() < 0.3) return pick(urlsWith(text));
      const headers = random() < 0.3 ? pick(headersWith(text)).headers : {};
      return { ...pick(bodiesWith(pick(values)(size))), headers };
    };
    const found: string[] = [];
    for (let count = 0; count < GENERATED; count += 1) found.push(...(await overBudget(generate())));
    expect(found).toEqual([]);
  });
});

/** Enough of a request or response to identify it. */
function summaryOf(hostile: HostileRequest | string): string {
  if (typeof hostile === 'string') return `${hostile.length} characters, ${hostile.slice(0, 320)}`;
  const { method, path, headers, body } = hostile;
  return `${method} ${path.slice(0, 80)} ${Object.keys(headers)} ${body.slice(0, 80)}`;
}

/** A linear congruential generator: numbers from 0 to 1, the same for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
