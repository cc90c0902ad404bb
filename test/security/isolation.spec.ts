import fc from 'fast-check';
import supertest from 'supertest';
import { canary } from '../support/canaries';
import { RedisServer } from '../support/redis-server';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

/** `npm run test:isolation` runs the full size. */
const TENANTS = Number(process.env['ISOLATION_TENANTS'] ?? 8);
const OPERATIONS = Number(process.env['ISOLATION_OPERATIONS'] ?? 800);
/** Part of the test's title: the same seed makes the same operations. */
const SEED = Number(process.env['ISOLATION_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 32;

const HUB = '11111111-1111-1111-1111-111111111111';
const ID = '22222222-2222-2222-2222-222222222222';

/** The share of each kind of operation, in per cent. */
const WEIGHTS = {
  one: 44,
  channel: 16,
  page: 16,
  'foreign-etag': 8,
  'foreign-tenant': 8,
  rename: 2,
  repeated: 2,
  purge: 1,
  trail: 2,
  redis: 1,
} as const;

interface Operation {
  readonly kind: keyof typeof WEIGHTS;
  readonly tenant: number;
  readonly other: number;
  readonly replica: number;
}

/** The state that a tenant has to see. */
interface Model {
  name: string;
  /** The replica that wrote last: others may serve the state before for a moment (N4). */
  writer: number;
  /** Of the last response to a read of the integration. */
  etag: string;
  /** Idempotency keys that this tenant has used: only their responses may be replayed to it. */
  readonly used: Set<string>;
}

const nameOf = (tenant: number) => `tenant-${String(tenant).padStart(2, '0')}`;

describe('tenants with identical hub ids, integration ids, names and idempotency keys [N2]', () => {
  let redis: RedisServer;
  let replicas: readonly Stagedoor[] = [];
  const models = Array.from(
    { length: TENANTS },
    (): Model => ({ name: 'v0', writer: 0, etag: '"none"', used: new Set() }),
  );

  beforeAll(async () => {
    redis = await RedisServer.start();
    const names = models.map((_, tenant) => nameOf(tenant));
    const sandboxTenants = names.map((name) => ({
      name,
      clientId: `c.${name}`,
      clientSecret: canary(name).value,
      hubs: [HUB],
    }));
    const setup = {
      callers: names.map((name) => ({ id: name, tenants: [name] })),
      env: { REDIS_URL: redis.url, LOG_LEVEL: 'silent' },
    };
    const first = await startStagedoor({ ...setup, sandboxTenants });
    replicas = [first, await startStagedoor({ ...setup, sandbox: first.sandbox })];
    for (const tenant of names) {
      const configuration = { authToken: 'the same', accountSid: `AC-${tenant}`, numberSid: 'PN' };
      const ids = { integrationId: ID, hubId: HUB, integrationTypeId: 'Customer', channelId: 'TwilioSMS' };
      const integration = { ...ids, name: 'v0', statusId: 3000, configuration };
      await supertest(first.sandbox.url).post('/sandbox/integrations').send({ tenant, integration }).expect(200);
    }
  });
  afterAll(async () => {
    redis.resume();
    for (const replica of [...replicas].reverse()) await replica.close();
    await redis.stop();
  });

  it(`see no byte of each other in ${OPERATIONS} random operations of ${TENANTS} tenants while Redis fails, seed ${SEED}`, async () => {
    const kinds = Object.keys(WEIGHTS).filter((kind): kind is Operation['kind'] => kind in WEIGHTS);
    const operation = fc.record<Operation>({
      kind: fc.oneof(...kinds.map((kind) => ({ weight: WEIGHTS[kind], arbitrary: fc.constant(kind) }))),
      tenant: fc.nat(TENANTS - 1),
      other: fc.nat(TENANTS - 1),
      replica: fc.nat(1),
    });
    const [operations = []] = fc.sample(
      fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS, size: 'max' }),
      { numRuns: 1, seed: SEED },
    );
    // Operations of one tenant run in order, so that the state that it has to see is known.
    const lastByTenant = new Map<number, Promise<void>>();
    const exclusively = (next: Operation): Promise<void> => {
      const current = (lastByTenant.get(next.tenant) ?? Promise.resolve()).then(() => perform(next));
      lastByTenant.set(next.tenant, current);
      return current;
    };
    const queue = operations.values();
    const worker = async (): Promise<void> => {
      for (const next of queue) await exclusively(next);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    // If no random operation repeated a key, one is repeated until its response is replayed; Redis may fail meanwhile.
    const repeated: Operation = { kind: 'repeated', tenant: 0, other: 0, replica: 0 };
    for (let tries = 0; replays === 0 && tries < 5_000; tries += 1) await perform(repeated);
    expect(replays).toBeGreaterThan(0);
  }, 3_600_000);

  async function perform(operation: Operation): Promise<void> {
    const { kind, tenant, other, replica } = operation;
    const model = modelOf(tenant);
    if (kind === 'redis') return failRedis();
    if (kind === 'purge') return void (await send(operation, 'DELETE', '/api/v1/cache'));
    if (kind === 'trail') return readTrail(operation);
    if (kind === 'rename') return rename(operation, `v${Number(/\d+/.exec(model.name)) + 1}`);
    // The same keys with the same bodies for all tenants.
    if (kind === 'repeated') return rename(operation, `v${other}`, `the-same-key-for-all-${other}`);
    const path = kind === 'channel' ? `/hubs/${HUB}/TwilioSMS` : kind === 'page' ? `?hubId=${HUB}` : `/${ID}`;
    const isForeign = kind === 'foreign-tenant' && other !== tenant;
    const headers: Record<string, string> = {
      ...(isForeign && { 'x-tenant-id': nameOf(other) }),
      ...(kind === 'foreign-etag' && { 'if-none-match': modelOf(other).etag }),
    };
    const { status, text, etag } = await send(operation, 'GET', `/api/v1/integrations${path}`, { headers });
    if (isForeign) return expect([status, text.includes('AC-')]).toEqual([403, false]);
    if (kind === 'foreign-etag' && other === tenant && status === 304) return;
    expect([status, text]).toEqual([200, expect.any(String)]);
    if (replica === model.writer) expect(text).toContain(`"name":"${model.name}"`);
    expectOwn(tenant, text);
    if (kind === 'one') model.etag = etag;
  }

  let replays = 0;
  async function rename(operation: Operation, name: string, key?: string): Promise<void> {
    const model = modelOf(operation.tenant);
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const { status, text, isReplayed } = await send(operation, 'PATCH', `/api/v1/integrations/${ID}`, {
      headers,
      body: { name },
    });
    if (key !== undefined && status !== 200) {
      // While Redis fails, a write with a key is rejected before a call.
      return expect([status, text]).toEqual([
        [409, 503].includes(status) ? status : '409 or 503',
        expect.stringContaining('idempotency-'),
      ]);
    }
    expect([status, text]).toEqual([200, expect.stringContaining(`"name":"${name}"`)]);
    expectOwn(operation.tenant, text);
    if (isReplayed) {
      replays += 1;
      return expect(model.used).toContain(key);
    }
    if (key !== undefined) model.used.add(key);
    model.name = name;
    model.writer = operation.replica;
  }

  async function readTrail(operation: Operation): Promise<void> {
    const { status, text } = await send(operation, 'GET', '/api/v1/audit/events?limit=5');
    const { results }: { results: readonly { readonly tenant: string }[] } = JSON.parse(text);
    const tenants = new Set([nameOf(operation.tenant), ...results.map(({ tenant }) => tenant)]);
    expect([status, tenants.size]).toEqual([200, 1]);
  }

  function modelOf(tenant: number): Model {
    const model = models[tenant];
    if (!model) throw new Error(`no tenant ${tenant}`);
    return model;
  }

  function expectOwn(tenant: number, text: string): void {
    expect(new Set(text.match(/AC-tenant-\d+/g))).toEqual(new Set([`AC-${nameOf(tenant)}`]));
  }

  let failures = 0;
  let failing = Promise.resolve();
  /** One failure after another, as two restarts at once would leave a second server running. */
  function failRedis(): Promise<void> {
    failing = failing.then(failRedisOnce);
    return failing;
  }

  /** One after another: a pause longer than the timeout of commands, a restart, an empty store. */
  async function failRedisOnce(): Promise<void> {
    failures += 1;
    if (failures % 3 === 0) await redis.send('FLUSHALL').catch(() => undefined);
    if (failures % 3 === 1) {
      redis.pause();
      setTimeout(() => redis.resume(), 100);
    }
    if (failures % 6 === 2) {
      await redis.kill();
      await redis.start();
    }
  }

  interface RequestOptions {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: object;
  }

  async function send(
    { tenant, replica }: Operation,
    method: string,
    path: string,
    { headers, body }: RequestOptions = {},
  ) {
    const stagedoor = replicas[replica];
    const response = await fetch(`${stagedoor?.url}${path}`, {
      method,
      headers: {
        'x-api-key': stagedoor?.keyOf(nameOf(tenant)) ?? '',
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      text: await response.text(),
      etag: response.headers.get('etag') ?? '',
      isReplayed: response.headers.get('idempotency-replayed') === 'true',
    };
  }
});
