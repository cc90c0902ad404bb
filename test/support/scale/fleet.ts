import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import supertest from 'supertest';
import { HoldingProxy } from '../holding-proxy';
import { Replicas } from '../replicas';
import type { RecordedCall, Stagedoor } from '../stagedoor';

const CALLER = 'acme-app';
const RETRY_AFTER_MS = 5000;
const LIST = '/api/v1/integrations';

/** With less time a read does not wait in the queue of loads, only for a slot. */
const IMPATIENT = { 'x-request-timeout-ms': '3000' };

/** Replicas that share one Redis, and Hubster behind a proxy that can hold its calls. */
export class FleetUnderTest {
  #responses = 0;

  private constructor(
    private readonly shared: Replicas,
    private readonly proxy: HoldingProxy,
    readonly replicas: readonly Stagedoor[],
  ) {}

  static async start(count: number): Promise<FleetUnderTest> {
    const shared = await Replicas.start();
    const proxy = await HoldingProxy.start(shared.sandbox.url);
    const replicas: Stagedoor[] = [];
    const fleet = new FleetUnderTest(shared, proxy, replicas);
    for (let n = 0; n < count; n += 1) replicas.push(await fleet.add());
    return fleet;
  }

  /** One more replica; `close` closes it as well. It has its token before the test scripts a fault. */
  async add(): Promise<Stagedoor> {
    const replica = await this.shared.add({ LOG_LEVEL: 'silent', HUBSTER_PORTAL_URL: this.proxy.url });
    return replica;
  }

  get redis() {
    return this.shared.redis;
  }

  /** The status of an uncached read. */
  async read(replica: Stagedoor, path = LIST, own: Readonly<Record<string, string>> = {}): Promise<number> {
    const headers = { 'x-api-key': replica.keyOf(CALLER), 'cache-control': 'no-cache', ...own };
    const { status } = await new Promise<{ status: number }>((resolve, reject) => {
      request(replica.url + path, { headers }, (response) => {
        response.resume().once('end', () => resolve({ status: response.statusCode ?? 0 }));
      })
        .once('error', reject)
        .end();
    });
    this.#responses += 1;
    return status;
  }

  /** Scripts a fault for all calls of the tenant. */
  async fault(effect: object): Promise<void> {
    await this.#first.fault({ match: { tenant: 'acme', path: '^/api/v1/' }, times: 0, effect });
  }

  async endFaults(): Promise<void> {
    await supertest(this.shared.sandbox.url).delete('/sandbox/faults').expect(204);
  }

  /** Calls that a fault hit, in their order. */
  async failedCalls(): Promise<readonly RecordedCall[]> {
    return (await this.#first.hubsterCalls()).filter(({ tenant, fault }) => tenant === 'acme' && fault !== null);
  }

  /**
   * Sends requests for different integrations to one replica after another while Hubster responds to none. Resolves to the calls that it has
   * then at once: all other requests were rejected after a wait.
   */
  async callsAtOnce(requests: number): Promise<number> {
    const release = this.proxy.hold('GET');
    const before = this.#responses;
    const reads = Array.from({ length: requests }, (_, n) =>
      this.read(this.#nth(n), `${LIST}/${randomUUID()}`, IMPATIENT),
    );
    await until(() => this.#responses - before + this.proxy.held('GET') === requests);
    const held = this.proxy.held('GET');
    release();
    await Promise.all(reads);
    return held;
  }

  /** Reads by `workers` at once, to one replica after another; `seconds` spread them over time. */
  async storm(requests: number, workers: number, seconds: number): Promise<readonly number[]> {
    const start = performance.now();
    const statuses: number[] = [];
    const worker = async (number: number): Promise<void> => {
      for (let n = number; n < requests; n += workers) {
        const due = (n / requests) * seconds * 1000 - (performance.now() - start);
        if (due > 0) await new Promise((done) => setTimeout(done, due));
        statuses.push(await this.read(this.#nth(n)));
      }
    };
    await Promise.all(Array.from({ length: workers }, (_, number) => worker(number)));
    return statuses;
  }

  /** Resolves when Redis has published all replicas what it stores about the tenant. */
  async isPublished(): Promise<void> {
    await until(async () => (await this.redis.send('EXISTS stagedoor:{acme}:pauses')).startsWith(':1'));
    await until(() => true);
  }

  async close(): Promise<void> {
    await this.shared.close();
    await this.proxy.close();
  }

  get #first(): Stagedoor {
    return this.#nth(0);
  }

  #nth(n: number): Stagedoor {
    const replica = this.replicas[n % this.replicas.length];
    if (!replica) throw new Error('no replica was started');
    return replica;
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 5));
  while (!(await isSo()));
}

interface FleetFigures {
  readonly replicas: number;
  readonly atOnce: number;
  /** Of the storm. */
  readonly calls: number;
  /** From the response with `Retry-After` to the last call before its end, in milliseconds. */
  readonly lastCallMs: number;
}

/** The scenario at full size: a storm of 503, a `Retry-After` under load, and requests of which Hubster ends none. */
export async function measureFleet(replicas: number, stormSeconds: number): Promise<FleetFigures> {
  const fleet = await FleetUnderTest.start(replicas);
  try {
    const atOnce = await fleet.callsAtOnce(24);
    await fleet.fault({ status: 503 });
    await fleet.storm(stormSeconds * 40, 8, stormSeconds);
    const calls = (await fleet.failedCalls()).length;
    await fleet.endFaults();
    while ((await fleet.storm(replicas, replicas, 0)).some((status) => status !== 200)) await until(() => true);
    await fleet.fault({ status: 429, headers: { 'Retry-After': `${RETRY_AFTER_MS / 1000}` } });
    await fleet.storm(400, 8, 2);
    const times = (await fleet.failedCalls()).slice(calls).map(({ time }) => Date.parse(time));
    const [first = 0] = times;
    const before = times.filter((time) => time < first + RETRY_AFTER_MS);
    return { replicas, atOnce, calls, lastCallMs: Math.max(...before) - first };
  } finally {
    await fleet.close();
  }
}
