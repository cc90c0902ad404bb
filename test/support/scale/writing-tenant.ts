import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import supertest from 'supertest';
import { Metrics } from '../../../src/observability/metrics/metrics';
import { startSandbox } from '../../../src/sandbox/sandbox';
import { RedisServer } from '../redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../stagedoor';

const TICKS = 50;
const PAGE_SIZE = 20;
const INTEGRATIONS = '/api/v1/integrations';
/** One of so many reads is a page of the collection. */
const PAGE_EVERY = 20;
/** One of so many is a list by channel, which has all integrations. */
const LIST_EVERY = 500;
const MAX_TRIES = 500;

interface Sizes {
  readonly integrations: number;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly seconds: number;
  /** False: as fast as possible, the reads of a tick together. */
  readonly isPaced: boolean;
}

/** What was counted while a tenant read and wrote. */
interface Counts {
  readonly reads: number;
  readonly hits: number;
  readonly writes: number;
  readonly failed: number;
  /** GETs to Hubster by reads and by writes. */
  readonly hubsterGets: number;
  /** Entries in Redis, and how many of them may be served. */
  readonly entries: number;
  readonly live: number;
  /** How often Redis was too slow to be used, after which every entry is loaded again: the machine was too busy for a measurement. */
  readonly interruptions: number;
}

/** A tenant whose integrations are read all the time, and written now and then. */
export class WritingTenant {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #known = new Set<string>();
  readonly #hits = { reads: 0, hits: 0, writes: 0, failed: 0 };
  readonly #paths: readonly string[];
  #seed = 1;

  private constructor(
    private readonly sizes: Sizes,
    private readonly server: RedisServer,
    private readonly redis: Redis,
    private readonly stagedoor: Stagedoor,
    private readonly ids: readonly string[],
  ) {
    this.#paths = ids.map((id) => `${INTEGRATIONS}/${id}`);
  }

  static async start(sizes: Sizes): Promise<WritingTenant> {
    const server = await RedisServer.start();
    const sandbox = await startSandbox();
    const ids = Array.from(
      { length: sizes.integrations },
      (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    );
    for (const id of ids) await seed(sandbox.url, id);
    const stagedoor = await startStagedoor({
      sandbox,
      env: { REDIS_URL: server.url, LOG_LEVEL: 'info', LOG_SAMPLE: '0' },
      limits: { acme: 1_000_000 },
    });
    return new WritingTenant(sizes, server, new Redis(server.url), stagedoor, ids);
  }

  /** Fills the cache, then counts. */
  async run(): Promise<Counts> {
    await this.#warmUp();
    Object.assign(this.#hits, { reads: 0, hits: 0, writes: 0, failed: 0 });
    const before = await this.#hubsterGets();
    const { readsPerSecond, writesPerSecond, seconds, isPaced } = this.sizes;
    const start = performance.now();
    const open: Promise<void>[] = [];
    let [read, written] = [0, 0];
    for (let tick = 1; tick <= seconds * TICKS; tick += 1) {
      for (; read < (tick * readsPerSecond) / TICKS; read += 1) open.push(this.#read(this.#pathOf(read)));
      for (; written < Math.floor((tick * writesPerSecond) / TICKS); written += 1) open.push(this.#write(written));
      if (isPaced) await delay(Math.max(0, start + (tick * 1000) / TICKS - performance.now()));
      else await Promise.all(open.splice(0));
    }
    await Promise.all(open);
    const hubsterGets = (await this.#hubsterGets()) - before;
    const interruptions = this.stagedoor.logs.filter((line) => line.includes('"redis.unavailable"')).length;
    return { ...this.#hits, hubsterGets, entries: await this.#entries(), live: await this.#live(), interruptions };
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    this.redis.disconnect();
    await this.stagedoor.close();
    await this.stagedoor.sandbox.close();
    await this.server.kill();
  }

  /** Nothing is shared before messages arrive, so the first read is repeated until it is a hit. */
  async #warmUp(): Promise<void> {
    const [first = ''] = this.#paths;
    for (let tries = 0; this.#hits.hits === 0; tries += 1) {
      if (tries > MAX_TRIES) throw new Error('nothing is served from the cache');
      await this.#read(first);
    }
    for (const path of this.#paths) await this.#read(path);
    for (let read = 0; read < PAGE_EVERY * (this.ids.length / PAGE_SIZE); read += 1)
      await this.#read(this.#pathOf(read));
  }

  #pathOf(read: number): string {
    if (read % LIST_EVERY === 0) return `${INTEGRATIONS}/hubs/${HUBS.acme}/WebChat`;
    const pages = Math.ceil(this.ids.length / PAGE_SIZE);
    if (read % PAGE_EVERY === 1)
      return `${INTEGRATIONS}?pageNumber=${Math.floor(read / PAGE_EVERY) % pages}&pageSize=${PAGE_SIZE}`;
    return this.#paths[this.#random(this.#paths.length)] ?? '';
  }

  async #read(path: string): Promise<void> {
    const { status, cacheStatus } = await this.#send('GET', path);
    this.#known.add(path);
    this.#hits.reads += 1;
    if (status !== 200) this.#hits.failed += 1;
    if (cacheStatus.startsWith('stagedoor; hit')) this.#hits.hits += 1;
  }

  async #write(count: number): Promise<void> {
    const path = this.#paths[this.#random(this.#paths.length)] ?? '';
    const { status } = await this.#send('PATCH', path, {}, JSON.stringify({ name: `name ${count}` }));
    this.#hits.writes += 1;
    if (status !== 200) this.#hits.failed += 1;
  }

  async #hubsterGets(): Promise<number> {
    const { upstreamCalls } = this.stagedoor.app.get(Metrics);
    const { values } = await upstreamCalls.get();
    return values
      .filter(({ labels }) => ['get', 'list', 'list-by-channel'].includes(String(labels['operation'])))
      .reduce((sum, { value }) => sum + value, 0);
  }

  async #entries(): Promise<number> {
    return (await this.redis.keys('*:response:*')).length;
  }

  /** Of all that was read. Calls no Hubster. */
  async #live(): Promise<number> {
    let live = 0;
    for (const path of this.#known) {
      const { status } = await this.#send('GET', path, { 'cache-control': 'only-if-cached, max-stale' });
      if (status === 200) live += 1;
    }
    return live;
  }

  #send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<{ readonly status: number; readonly cacheStatus: string }> {
    const always = { 'x-api-key': this.stagedoor.keyOf('acme-app'), ...headers };
    const all = body === '' ? always : { ...always, 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      request(this.stagedoor.url + path, { method, agent: this.#agent, headers: all }, (response) => {
        const cacheStatus = String(response.headers['cache-status']);
        response.resume().once('end', () => resolve({ status: response.statusCode ?? 0, cacheStatus }));
      })
        .once('error', reject)
        .end(body);
    });
  }

  /** The same numbers in each run: a linear congruential generator. */
  #random(limit: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#seed / 2 ** 32) * limit);
  }
}

async function seed(sandbox: string, integrationId: string): Promise<void> {
  // A channel without secrets: the secret watch searches everything for every secret, so thousands take it minutes.
  const configuration = { allowedOrigins: ['https://shop.example.com'] };
  const integration = { integrationId, hubId: HUBS.acme, channelId: 'WebChat', name: 'desk', configuration };
  await supertest(sandbox).post('/sandbox/integrations').send({ tenant: 'acme', integration }).expect(200);
}
