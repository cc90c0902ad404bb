import supertest from 'supertest';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

/** 60 in `npm run faults`. With 0 the short run: 400 requests without pauses. */
const SECONDS = Number(process.env['FAULTS_STORM_SECONDS'] ?? 0);
const REQUESTS = SECONDS > 0 ? SECONDS * 40 : 400;
const AT_ONCE = 8;
const MAX_ATTEMPTS = 0.12;
const REJECTED_WITHIN_MS = 50;
const RECOVERED_WITHIN_MS = 12_000;

jest.setTimeout(60_000 + SECONDS * 1000);

interface ReceivedResponse {
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: number;
  /** Milliseconds since the start of the storm. */
  readonly sentAt: number;
  readonly tookMs: number;
}

describe(`503 of Hubster for all ${REQUESTS} requests of a tenant`, () => {
  let stagedoor: Stagedoor;
  let responses: readonly ReceivedResponse[];
  let attempts: number;
  let others: readonly number[];

  beforeAll(async () => {
    stagedoor = await startStagedoor({ env: { LOG_LEVEL: 'silent' } });
    await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
    const before = (await stagedoor.hubsterCalls()).length;
    await stagedoor.fault({ match: { tenant: 'acme' }, times: 0, effect: { status: 503 } });
    const storm = { isOver: false };
    const neighbour = repeatUntilOver(storm, () => read(stagedoor, 'globex-app', 0).then(({ status }) => status));
    responses = await readAll(stagedoor);
    storm.isOver = true;
    others = await neighbour;
    attempts = (await stagedoor.hubsterCalls()).slice(before).filter(({ tenant }) => tenant === 'acme').length;
  });
  afterAll(() => stagedoor.close());

  it('leads to at most 12 % as many attempts as requests', () => {
    if (SECONDS > 0) process.stdout.write(`storm: ${attempts} attempts for ${REQUESTS} requests\n`);
    expect(attempts / REQUESTS).toBeLessThanOrEqual(MAX_ATTEMPTS);
  });

  it('ends each request with 503 and a Retry-After', () => {
    const distinct = new Set(responses.map(({ status, code, retryAfter }) => `${status} ${code} ${retryAfter >= 1}`));
    expect([...distinct]).toEqual(['503 upstream-unavailable true']);
  });

  it('does not affect another tenant [N2]', () => {
    expect(others.length).toBeGreaterThan(0);
    expect(new Set(others)).toEqual(new Set([200]));
  });

  if (SECONDS > 0)
    it(`rejects within ${REJECTED_WITHIN_MS} ms (p99) once the breaker is open`, () => {
      const took = responses.filter(({ sentAt }) => sentAt > 1000).map(({ tookMs }) => tookMs);
      const p99 = took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? Number.POSITIVE_INFINITY;
      process.stdout.write(`storm: rejected in ${p99.toFixed(1)} ms (p99)\n`);
      expect(p99).toBeLessThan(REJECTED_WITHIN_MS);
    });

  it('is followed by a recovery without help', async () => {
    await supertest(stagedoor.sandbox.url).delete('/sandbox/faults').expect(204);
    const endedAt = performance.now();
    while ((await read(stagedoor, 'acme-app', 0)).status !== 200) await new Promise((done) => setTimeout(done, 50));
    const tookMs = performance.now() - endedAt;
    if (SECONDS === 0) return;
    process.stdout.write(`storm: first success ${(tookMs / 1000).toFixed(1)} s after the storm\n`);
    expect(tookMs).toBeLessThan(RECOVERED_WITHIN_MS);
  });
});

/** Sends all requests of the storm, spread over its time. */
async function readAll(stagedoor: Stagedoor): Promise<readonly ReceivedResponse[]> {
  const start = performance.now();
  const responses: ReceivedResponse[] = [];
  const worker = async (number: number): Promise<void> => {
    for (let n = number; n < REQUESTS; n += AT_ONCE) {
      const due = (n / REQUESTS) * SECONDS * 1000 - (performance.now() - start);
      if (due > 0) await new Promise((done) => setTimeout(done, due));
      responses.push(await read(stagedoor, 'acme-app', start));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => worker(number)));
  return responses;
}

async function repeatUntilOver<T>(storm: { readonly isOver: boolean }, send: () => Promise<T>): Promise<readonly T[]> {
  const responses: T[] = [];
  while (!storm.isOver) {
    responses.push(await send());
    await new Promise((done) => setTimeout(done, 25));
  }
  return responses;
}

async function read(stagedoor: Stagedoor, caller: string, start: number): Promise<ReceivedResponse> {
  const sentAt = performance.now();
  const response = await fetch(`${stagedoor.url}/api/v1/integrations`, {
    headers: { 'x-api-key': stagedoor.keyOf(caller), 'cache-control': 'no-cache' },
  });
  const body: unknown = await response.json();
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return {
    ...{ status: response.status, code, retryAfter: Number(response.headers.get('retry-after')) },
    ...{ sentAt: sentAt - start, tookMs: performance.now() - sentAt },
  };
}
