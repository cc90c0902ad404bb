import fc from 'fast-check';
import supertest from 'supertest';
import { RedisServer } from '../support/redis-server';
import { type Stagedoor, startStagedoor } from '../support/stagedoor';

/** `npm run test:isolation` runs the full size. */
const TENANTS = Number(process.env['ISOLATION_TENANTS'] ?? 8);
const OPERATIONS = Number(process.env['ISOLATION_OPERATIONS'] ?? 600);
/** Told in the name of the test: the same seed makes the same operations. */
const SEED = Number(process.env['ISOLATION_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 8;

const HUB = '11111111-1111-1111-1111-111111111111';
const ID = '22222222-2222-2222-2222-222222222222';
const KINDS = ['one', 'channel', 'page', 'foreign-etag', 'foreign-tenant', 'rename', 'purge', 'redis'] as const;

interface Operation {
  readonly kind: (typeof KINDS)[number];
  readonly tenant: number;
  readonly other: number;
}

const nameOf = (tenant: number) => `tenant-${String(tenant).padStart(2, '0')}`;

describe('tenants with identical hub ids, integration ids and names (N2)', () => {
  let redis: RedisServer;
  let stagedoor: Stagedoor;
  const etags = new Map<number, string>();
  /** What the name ends with after each tenant's last write. */
  const versions = new Map<number, number>();

  beforeAll(async () => {
    redis = await RedisServer.start();
    const names = Array.from({ length: TENANTS }, (_, tenant) => nameOf(tenant));
    const sandboxTenants = names.map((name) => ({
      name,
      clientId: `c.${name}`,
      clientSecret: `s.${name}`,
      hubs: [HUB],
    }));
    stagedoor = await startStagedoor({
      sandboxTenants,
      callers: [...names.map((name) => ({ id: name, tenants: [name] })), { id: 'gateway', tenants: '*' }],
      env: { REDIS_URL: redis.url, LOG_LEVEL: 'silent' },
    });
    for (const tenant of names) {
      const configuration = { authToken: 'the same', accountSid: `AC-${tenant}`, numberSid: 'PN' };
      const ids = { integrationId: ID, hubId: HUB, integrationTypeId: 'Customer', channelId: 'TwilioSMS' };
      const integration = { ...ids, name: 'v0', statusId: 3000, configuration };
      await supertest(stagedoor.sandbox.url).post('/sandbox/integrations').send({ tenant, integration }).expect(200);
    }
  });
  afterAll(async () => {
    redis.resume();
    await stagedoor.close();
    await redis.stop();
  });

  it(`${OPERATIONS} random operations of ${TENANTS} tenants, Redis failing meanwhile, seed ${SEED}: no foreign byte`, async () => {
    const operation = fc.record<Operation>({
      kind: fc.constantFrom(...KINDS, 'one', 'one', 'channel', 'page'),
      tenant: fc.nat(TENANTS - 1),
      other: fc.nat(TENANTS - 1),
    });
    const [operations = []] = fc.sample(
      fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS, size: 'max' }),
      { numRuns: 1, seed: SEED },
    );
    // Operations of one tenant keep their order, so that it is known what it has to see.
    const turns = new Map<number, Promise<void>>();
    let running: Promise<void>[] = [];
    for (const next of operations) {
      const turn = (turns.get(next.tenant) ?? Promise.resolve()).then(() => perform(next));
      turns.set(next.tenant, turn);
      running.push(turn);
      if (running.length >= AT_ONCE) {
        await Promise.all(running);
        running = [];
      }
    }
    await Promise.all(running);
  }, 3_600_000);

  async function perform({ kind, tenant, other }: Operation): Promise<void> {
    const own = nameOf(tenant);
    const path = kind === 'channel' ? `/hubs/${HUB}/TwilioSMS` : kind === 'page' ? `?hubId=${HUB}` : `/${ID}`;
    if (kind === 'redis') return failRedis();
    if (kind === 'purge') return void (await ask(own, 'DELETE', '/api/v1/cache'));
    if (kind === 'rename') {
      const version = (versions.get(tenant) ?? 0) + 1;
      const { status, text } = await ask(own, 'PATCH', `/api/v1/integrations/${ID}`, {}, { name: `v${version}` });
      expect([status, text]).toEqual([200, expect.stringContaining(`"name":"v${version}"`)]);
      versions.set(tenant, version);
      return expectOwn(tenant, text);
    }
    const foreign: Record<string, string> =
      kind === 'foreign-etag' ? { 'if-none-match': etags.get(other) ?? '"none"' } : {};
    const isForeign = kind === 'foreign-tenant' && other !== tenant;
    const headers = isForeign ? { 'x-tenant-id': nameOf(other) } : foreign;
    const { status, text, etag } = await ask(own, 'GET', `/api/v1/integrations${path}`, headers);
    if (isForeign) return expect([status, text.includes('AC-')]).toEqual([403, false]);
    if (kind === 'foreign-etag' && other === tenant && status === 304) return;
    expect(status).toBe(200);
    expect(text).toContain(`"name":"v${versions.get(tenant) ?? 0}"`);
    expectOwn(tenant, text);
    if (kind === 'one') etags.set(tenant, etag);
  }

  function expectOwn(tenant: number, text: string): void {
    expect(new Set(text.match(/AC-tenant-\d+/g))).toEqual(new Set([`AC-${nameOf(tenant)}`]));
  }

  let failures = 0;
  async function failRedis(): Promise<void> {
    failures += 1;
    if (failures % 3 === 0) await redis.send('FLUSHALL').catch(() => undefined);
    else if (failures % 3 === 1) redis.pause();
    else redis.resume();
    if (failures % 3 === 1) setTimeout(() => redis.resume(), 100);
  }

  async function ask(
    caller: string,
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: object,
  ) {
    const answer = await fetch(stagedoor.url + path, {
      method,
      headers: {
        'x-api-key': stagedoor.keyOf(caller),
        ...(body && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text(), etag: answer.headers.get('etag') ?? '' };
  }
});
