import supertest from 'supertest';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

/** How long the storm lasts: 60 in `npm run faults`. Without it as many requests as the short run has, as fast as they go. */
const SECONDS = Number(process.env['FAULTS_STORM_SECONDS'] ?? 0);
const REQUESTS = SECONDS > 0 ? SECONDS * 40 : 400;
const AT_ONCE = 8;
const MOST_ATTEMPTS = 0.12;
const REFUSED_WITHIN_MS = 50;
const BACK_WITHIN_MS = 12_000;

jest.setTimeout(60_000 + SECONDS * 1000);

interface Got {
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: number;
  /** Milliseconds since the start of the storm. */
  readonly askedAt: number;
  readonly tookMs: number;
}

describe(`Hubster responses everything of a tenant with 503 (${REQUESTS} requests)`, () => {
  let stagedoor: Stagedoor;
  let responses: readonly Got[];
  let attempts: number;
  let others: readonly number[];

  beforeAll(async () => {
    stagedoor = await startStagedoor({ env: { LOG_LEVEL: 'silent' } });
    await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
    const before = (await stagedoor.journal()).length;
    await stagedoor.fault({ match: { tenant: 'acme' }, times: 0, effect: { status: 503 } });
    const isOver = { yet: false };
    const neighbour = askUntil(isOver, () => ask(stagedoor, 'globex-app', 0).then(({ status }) => status));
    responses = await storm(stagedoor);
    isOver.yet = true;
    others = await neighbour;
    attempts = (await stagedoor.journal()).slice(before).filter(({ tenant }) => tenant === 'acme').length;
  });
  afterAll(() => stagedoor.close());

  it('sends at most 12 % of the requests on', () => {
    if (SECONDS > 0) process.stdout.write(`storm: ${attempts} attempts for ${REQUESTS} requests\n`);
    expect(attempts / REQUESTS).toBeLessThanOrEqual(MOST_ATTEMPTS);
  });

  it('answers all with 503 and a Retry-After', () => {
    const told = new Set(responses.map(({ status, code, retryAfter }) => `${status} ${code} ${retryAfter >= 1}`));
    expect([...told]).toEqual(['503 upstream-unavailable true']);
  });

  it('leaves another tenant alone [N2]', () => {
    expect(others.length).toBeGreaterThan(0);
    expect(new Set(others)).toEqual(new Set([200]));
  });

  if (SECONDS > 0)
    it(`refuses within ${REFUSED_WITHIN_MS} ms (p99) once open`, () => {
      const took = responses.filter(({ askedAt }) => askedAt > 1000).map(({ tookMs }) => tookMs);
      const p99 = took.sort((a, b) => a - b)[Math.floor(took.length * 0.99)] ?? Number.POSITIVE_INFINITY;
      process.stdout.write(`storm: refused in ${p99.toFixed(1)} ms (p99)\n`);
      expect(p99).toBeLessThan(REFUSED_WITHIN_MS);
    });

  it('is back by itself when Hubster has healed', async () => {
    await supertest(stagedoor.sandbox.url).delete('/sandbox/faults').expect(204);
    const healed = performance.now();
    while ((await ask(stagedoor, 'acme-app', 0)).status !== 200) await new Promise((done) => setTimeout(done, 50));
    const tookMs = performance.now() - healed;
    if (SECONDS === 0) return;
    process.stdout.write(`storm: first success ${(tookMs / 1000).toFixed(1)} s after healing\n`);
    expect(tookMs).toBeLessThan(BACK_WITHIN_MS);
  });
});

/** As many as the storm has, spread over its time. */
async function storm(stagedoor: Stagedoor): Promise<readonly Got[]> {
  const start = performance.now();
  const responses: Got[] = [];
  const worker = async (number: number): Promise<void> => {
    for (let n = number; n < REQUESTS; n += AT_ONCE) {
      const due = (n / REQUESTS) * SECONDS * 1000 - (performance.now() - start);
      if (due > 0) await new Promise((done) => setTimeout(done, due));
      responses.push(await ask(stagedoor, 'acme-app', start));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => worker(number)));
  return responses;
}

async function askUntil<T>(isOver: { readonly yet: boolean }, asked: () => Promise<T>): Promise<readonly T[]> {
  const responses: T[] = [];
  while (!isOver.yet) {
    responses.push(await asked());
    await new Promise((done) => setTimeout(done, 25));
  }
  return responses;
}

async function ask(stagedoor: Stagedoor, caller: string, start: number): Promise<Got> {
  const asked = performance.now();
  const response = await fetch(`${stagedoor.url}/api/v1/integrations`, {
    headers: { 'x-api-key': stagedoor.keyOf(caller), 'cache-control': 'no-cache' },
  });
  const body: unknown = await response.json();
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return {
    ...{ status: response.status, code, retryAfter: Number(response.headers.get('retry-after')) },
    ...{ askedAt: asked - start, tookMs: performance.now() - asked },
  };
}
