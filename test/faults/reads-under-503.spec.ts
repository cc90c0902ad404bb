import supertest from 'supertest';
import { HUBS, type RecordedCall, type Stagedoor, startStagedoor } from '../support/stagedoor';

const IS_LONG = process.env['FAULTS_READS'] !== undefined;
const READS = Number(process.env['FAULTS_READS'] ?? 400);
/** Sequential in the short run, so that the seed decides its result on every machine. */
const AT_ONCE = IS_LONG ? 8 : 1;
const SEED = Number(process.env['FAULTS_SEED'] ?? (IS_LONG ? Date.now() % 2 ** 31 : 4));
const ATTEMPTS = 3;
const ID = (worker: number) => `77777777-7777-7777-7777-77777777777${worker}`;

jest.setTimeout(30_000 + READS * 30);

describe(`${READS} reads while Hubster responds with 503 to 10 % at random, seed ${SEED}`, () => {
  let stagedoor: Stagedoor;
  let statuses: ReadonlyMap<string, number>;
  let calls: readonly RecordedCall[];

  beforeAll(async () => {
    stagedoor = await startStagedoor({ env: { LOG_LEVEL: 'silent' } });
    const sandbox = supertest(stagedoor.sandbox.url);
    for (let worker = 0; worker < AT_ONCE; worker += 1) {
      const integration = {
        ...{ integrationId: ID(worker), hubId: HUBS.acme, integrationTypeId: 'Customer', channelId: 'WebChat' },
        ...{ name: `seeded ${worker}`, statusId: 3000, configuration: { allowedOrigins: ['localhost'] } },
      };
      await sandbox.post('/sandbox/integrations').send({ tenant: 'acme', integration });
    }
    const match = { method: 'GET', path: '^/api/v1/' };
    await stagedoor.fault({ match, times: 0, probability: 0.1, seed: SEED, effect: { status: 503 } });
    statuses = await readAll(stagedoor);
    calls = await stagedoor.hubsterCalls();
  });
  afterAll(() => stagedoor.close());

  it('succeed to at least 99.85 %, with at most 1.12 calls a request', () => {
    const succeeded = [...statuses.values()].filter((status) => status === 200).length / READS;
    if (IS_LONG) process.stdout.write(`reads: ${succeeded * 100} % success, ${calls.length / READS} calls a request\n`);
    expect(succeeded).toBeGreaterThanOrEqual(0.9985);
    expect(calls.length / READS).toBeLessThanOrEqual(1.12);
  });

  it('fail only after 503 three times, and are not retried after a success', () => {
    const attempts = new Map<string, (number | null)[]>();
    for (const { headers, status } of calls) {
      const id = headers['x-request-id'] ?? '';
      attempts.set(id, [...(attempts.get(id) ?? []), status]);
    }
    const wrong = [...statuses].filter(([id, received]) => {
      const seen = attempts.get(id) ?? [];
      const failed = seen.filter((status) => status === 503).length;
      return received === 200
        ? seen.at(-1) !== 200 || failed !== seen.length - 1
        : received !== 503 || failed !== ATTEMPTS || seen.length !== ATTEMPTS;
    });
    expect(wrong).toEqual([]);
  });
});

/** The statuses of the responses, by request id. */
async function readAll(stagedoor: Stagedoor): Promise<ReadonlyMap<string, number>> {
  const statuses = new Map<string, number>();
  const worker = async (number: number): Promise<void> => {
    for (let n = number; n < READS; n += AT_ONCE) {
      const { status } = await fetch(`${stagedoor.url}/api/v1/integrations/${ID(number)}`, {
        headers: { 'x-api-key': stagedoor.keyOf('acme-app'), 'x-request-id': `read-${n}`, 'cache-control': 'no-cache' },
      });
      statuses.set(`read-${n}`, status);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, number) => worker(number)));
  return statuses;
}
