import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditStore } from '../../src/audit/audit-store';
import { readDatabaseTrail } from '../support/audit/database-trail';
import { PostgresServer } from '../support/postgres-server';
import { HUBS, readTrail, type Stagedoor, startStagedoor } from '../support/stagedoor';

let names = 0;

const write = (stagedoor: Stagedoor) => {
  names += 1;
  return stagedoor
    .as('acme-app')
    .post(`/api/v1/integrations/hubs/${HUBS.acme}`)
    .send({ channelId: 'WebChat', name: `write ${names}`, configuration: { allowedOrigins: ['localhost'] } });
};

/** While the trail cannot be written, writes are rejected and not sent, reads are served; after the repair it recovers without help. */
async function expectRejectionAndRecovery(
  stagedoor: Stagedoor,
  { repair }: { repair: () => Promise<void> | void },
): Promise<void> {
  const sent = async () => (await stagedoor.hubsterCalls()).filter(({ method }) => method !== 'GET').length;
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

/** False without root or in a kernel that does not allow the mount. */
function mount(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The first line after a failure records since when there was no record, and how many writes were rejected. */
const gapsIn = (lines: readonly Record<string, unknown>[]) =>
  lines.filter(({ phase, refused }) => phase === 'gap' && Number(refused) > 0).length;

/** The rejected writes, as their tenant sees them. */
const rejectionsIn = async (service: Stagedoor) => {
  const { body } = await service.as('acme-app').get('/api/v1/audit/events').query({ outcome: 'refused' }).expect(200);
  return body.results.filter(({ code }: { code: string }) => code === 'audit-unavailable').length;
};

describe('a trail on a disk that fails [N3]', () => {
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

  const expectRecorded = async () => {
    expect(await rejectionsIn(stagedoor)).toBeGreaterThanOrEqual(5);
    expect(gapsIn(await readTrail(join(folder, 'audit'), { mayBeTorn: true }))).toBeGreaterThanOrEqual(1);
  };

  it('full: rejects writes, recovers when there is space, and records the gap', async () => {
    if (!isMounted) return;
    await write(stagedoor).expect(200);
    const padding = join(folder, 'padding');
    await writeFile(padding, Buffer.alloc(256 * 1024)).catch(() => undefined);
    // The last page of the trail's file may still have space.
    while ((await write(stagedoor)).status === 200);
    await expectRejectionAndRecovery(stagedoor, { repair: () => rm(padding) });
    await expectRecorded();
  });

  it('read-only: rejects writes, recovers when it is writable again, and records the gap', async () => {
    if (!isMounted) return;
    // Before the start, as a file system with files open for writing cannot become read-only.
    await stagedoor.close();
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    stagedoor = await startStagedoor({ env: { AUDIT_DIR: join(folder, 'audit') } });
    await stagedoor.as().get('/health/ready').expect(503);
    await expectRejectionAndRecovery(stagedoor, {
      repair: () => void execFileSync('mount', ['-o', 'remount,rw', folder]),
    });
    await expectRecorded();
  });

  it('hung: rejects writes, recovers when it continues, and records the gap', async () => {
    await write(stagedoor).expect(200);
    // The store's call does not return, as no file system hangs without support of the kernel.
    const store = stagedoor.app.get(AuditStore, { strict: false });
    let proceed = (): void => undefined;
    const hung = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    const append = store.append.bind(store);
    jest.spyOn(store, 'append').mockImplementation((bodies) => hung.then(() => append(bodies)));
    await expectRejectionAndRecovery(stagedoor, { repair: () => proceed() });
    await expectRecorded();
  });
});

type Repair = (server: PostgresServer) => Promise<void> | void;

const setStandby =
  (name: string): Repair =>
  async (server) => {
    await server.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
    await server.query('SELECT pg_reload_conf()');
  };

describe('a trail in a database that fails [N3] [S-790]', () => {
  const setReadOnly = (value: 'on' | 'off') => async (server: PostgresServer) => {
    await server.query(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
    await server.query('SELECT pg_reload_conf()');
  };
  const failures: readonly (readonly [string, Repair, Repair])[] = [
    // Like a standby, or a primary that has become one.
    ['read-only', setReadOnly('on'), setReadOnly('off')],
    ['hung', (server) => server.pause(), (server) => server.resume()],
    ['killed', (server) => server.kill(), (server) => server.start()],
    // A commit that waits for a standby which is away.
    ['without its standby', setStandby('gone'), setStandby('')],
  ];

  it.each(failures)('%s: rejects writes, recovers, and records the gap', async (_what, breakIt, repair) => {
    const server = await PostgresServer.start();
    const url = await server.createDatabase();
    const stagedoor = await startStagedoor({ env: { AUDIT_STORE: 'postgres', AUDIT_DATABASE_URL: url } });
    try {
      await write(stagedoor).expect(200);
      await breakIt(server);
      await expectRejectionAndRecovery(stagedoor, { repair: async () => void (await repair(server)) });
      expect(await rejectionsIn(stagedoor)).toBeGreaterThanOrEqual(5);
      expect(gapsIn(await readDatabaseTrail(url))).toBeGreaterThanOrEqual(1);
    } finally {
      await stagedoor.close();
      await server.close();
    }
  });

  it('away at the start: the service starts, is not ready, and serves reads until the database is there', async () => {
    const server = await PostgresServer.start();
    const url = await server.createDatabase();
    await server.kill();
    const stagedoor = await startStagedoor({ env: { AUDIT_STORE: 'postgres', AUDIT_DATABASE_URL: url } });
    try {
      await stagedoor.as().get('/health/ready').expect(503);
      await expectRejectionAndRecovery(stagedoor, { repair: () => server.start() });
      await stagedoor.as().get('/health/ready').expect(200);
    } finally {
      await stagedoor.close();
      await server.close();
    }
  });
});
