import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditStore } from '../../src/audit/audit-store';
import { RedisServer } from '../support/redis-server';
import { HUBS, readTrail, type Stagedoor, startStagedoor } from '../support/stagedoor';

let names = 0;

const write = (stagedoor: Stagedoor) => {
  names += 1;
  return stagedoor
    .as('acme-app')
    .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
    .send({ channelId: 'WebChat', name: `write ${names}`, configuration: { allowedOrigins: ['localhost'] } });
};

/** While the trail cannot be written: writes are refused and reach nobody, reads go on; then all is well again by itself. */
async function expectRefusalAndRecovery(
  stagedoor: Stagedoor,
  { repair }: { repair: () => Promise<void> | void },
): Promise<void> {
  const sent = async () => (await stagedoor.journal()).filter(({ method }) => method !== 'GET').length;
  const before = await sent();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const { body } = await write(stagedoor).expect(503);
    expect(body).toMatchObject({ code: 'audit-unavailable', retryable: true });
    await stagedoor.as('acme-app').get('/api/v1/integrations').set('cache-control', 'no-cache').expect(200);
  }
  expect(await sent()).toBe(before);
  await repair();
  while ((await write(stagedoor)).status !== 200) await new Promise((resolve) => setImmediate(resolve));
}

/** A file system of its own needs root and a kernel that lets it mount one. */
function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The first line after the trouble tells since when nothing was recorded, and how much was refused. */
const gapsIn = (lines: readonly Record<string, unknown>[]) =>
  lines.filter(({ phase, refused }) => phase === 'gap' && Number(refused) > 0).length;

/** The refused writes themselves, as their tenant sees them. */
const refusalsIn = async (service: Stagedoor) => {
  const { body } = await service.as('acme-app').get('/api/v1/audit/events').query({ outcome: 'refused' }).expect(200);
  return body.results.filter(({ code }: { code: string }) => code === 'audit-unavailable').length;
};

describe('a disk in trouble under the trail [N3]', () => {
  let folder: string;
  let isMounted: boolean;
  let stagedoor: Stagedoor;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-disk-'));
    isMounted = mount(folder);
    stagedoor = await startStagedoor({ env: { AUDIT_DIR: join(folder, 'audit') } });
  });
  afterEach(async () => {
    await stagedoor.close();
    if (isMounted) execFileSync('umount', ['-l', folder]);
    await rm(folder, { recursive: true, force: true });
  });

  const expectTold = async () => {
    expect(await refusalsIn(stagedoor)).toBeGreaterThanOrEqual(5);
    expect(gapsIn(await readTrail(join(folder, 'audit'), { mayBeTorn: true }))).toBeGreaterThanOrEqual(1);
  };

  it('full: refused, recovered when there is room, and told afterwards', async () => {
    if (!isMounted) return;
    await write(stagedoor).expect(200);
    const filler = join(folder, 'filler');
    await writeFile(filler, Buffer.alloc(256 * 1024)).catch(() => undefined);
    // What is left of the last page of the trail's own file may still be filled.
    while ((await write(stagedoor)).status === 200);
    await expectRefusalAndRecovery(stagedoor, { repair: () => rm(filler) });
    await expectTold();
  });

  it('read-only: refused, recovered when it is writable again, and told afterwards', async () => {
    if (!isMounted) return;
    // Before the start: what is open for writing cannot be made read-only.
    await stagedoor.close();
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    stagedoor = await startStagedoor({ env: { AUDIT_DIR: join(folder, 'audit') } });
    await stagedoor.as().get('/health/ready').expect(503);
    await expectRefusalAndRecovery(stagedoor, {
      repair: () => void execFileSync('mount', ['-o', 'remount,rw', folder]),
    });
    await expectTold();
  });

  it('hung: refused, recovered when it goes on, and told afterwards', async () => {
    await write(stagedoor).expect(200);
    // No file system can be made to hang without the help of the kernel, so it is the store's own call that does not return.
    const store = stagedoor.app.get(AuditStore, { strict: false });
    let goOn = (): void => undefined;
    const hung = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const append = store.append.bind(store);
    jest.spyOn(store, 'append').mockImplementation((bodies) => hung.then(() => append(bodies)));
    await expectRefusalAndRecovery(stagedoor, { repair: () => goOn() });
    await expectTold();
  });
});

describe('a Redis in trouble under the trail [N3]', () => {
  const troubles: readonly (readonly [string, (redis: RedisServer) => unknown, (redis: RedisServer) => unknown])[] = [
    ['full', (redis) => redis.send('CONFIG SET maxmemory 1'), (redis) => redis.send('CONFIG SET maxmemory 0')],
    // As a server that has lost its replicas, or a replica, is: it answers reads and refuses writes.
    [
      'read-only',
      (redis) => redis.send('CONFIG SET min-replicas-to-write 1'),
      (redis) => redis.send('CONFIG SET min-replicas-to-write 0'),
    ],
    ['hung', (redis) => redis.pause(), (redis) => redis.resume()],
  ];

  it.each(troubles)('%s: refused, recovered when it goes on, and told afterwards', async (_what, breakIt, repair) => {
    const redis = await RedisServer.start();
    const stagedoor = await startStagedoor({ env: { AUDIT_STORE: 'redis', REDIS_URL: redis.url } });
    try {
      await write(stagedoor).expect(200);
      await breakIt(redis);
      await expectRefusalAndRecovery(stagedoor, { repair: async () => void (await repair(redis)) });
      expect(await refusalsIn(stagedoor)).toBeGreaterThanOrEqual(5);
      const lines = (await redis.send('XRANGE stagedoor:audit - +')).split('\n').filter((line) => line.startsWith('{'));
      expect(gapsIn(lines.map((line): Record<string, unknown> => JSON.parse(line)))).toBeGreaterThanOrEqual(1);
    } finally {
      await stagedoor.close();
      await redis.stop();
    }
  });
});
