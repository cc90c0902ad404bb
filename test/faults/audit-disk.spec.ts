import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from '../support/redis-server';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

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

describe('a disk in trouble under the trail (N3)', () => {
  let folder: string;
  let isMounted: boolean;
  let stagedoor: Stagedoor | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-disk-'));
    isMounted = mount(folder);
  });
  afterEach(async () => {
    await stagedoor?.close();
    if (isMounted) execFileSync('umount', ['-l', folder]);
    await rm(folder, { recursive: true, force: true });
  });

  const gaps = async (service: Stagedoor) => {
    const { body } = await service.as('acme-app').get('/api/v1/audit/events').query({ outcome: 'refused' }).expect(200);
    return body.results.filter(({ code }: { code: string }) => code === 'audit-unavailable').length;
  };

  it('full: refused, recovered when there is room, and the refusals are told afterwards', async () => {
    if (!isMounted) return;
    stagedoor = await startStagedoor({ env: { AUDIT_DIR: join(folder, 'audit') } });
    await write(stagedoor).expect(200);
    const filler = join(folder, 'filler');
    await writeFile(filler, Buffer.alloc(256 * 1024)).catch(() => undefined);
    // What is left of the last page of the trail's own file may still be filled.
    while ((await write(stagedoor)).status === 200);
    await expectRefusalAndRecovery(stagedoor, { repair: () => rm(filler) });
    expect(await gaps(stagedoor)).toBeGreaterThanOrEqual(5);
  });

  it('read-only: refused, recovered when it is writable again', async () => {
    if (!isMounted) return;
    stagedoor = await startStagedoor({ env: { AUDIT_DIR: join(folder, 'audit') } });
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    await expectRefusalAndRecovery(stagedoor, {
      repair: () => void execFileSync('mount', ['-o', 'remount,rw', folder]),
    });
  });
});

describe('a Redis in trouble under the trail (N3)', () => {
  it('hung: refused, recovered when it goes on', async () => {
    const redis = await RedisServer.start();
    const stagedoor = await startStagedoor({ env: { AUDIT_STORE: 'redis', REDIS_URL: redis.url } });
    try {
      await write(stagedoor).expect(200);
      redis.pause();
      await expectRefusalAndRecovery(stagedoor, { repair: () => redis.resume() });
    } finally {
      await stagedoor.close();
      await redis.stop();
    }
  });
});
