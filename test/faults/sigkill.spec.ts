import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { makeApiKey } from '../../src/access/api-key';
import { TrailKey } from '../../src/audit/chain/trail-key';
import type { TrailState } from '../../src/audit/verify/verdict';
import { verifyTrail } from '../../src/audit/verify/verify-trail';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { HUBS, type JournalEntry, readTrail } from '../support/stagedoor';

/** `npm run test:sigkill` kills 200 times. */
const KILLS = Number(process.env['SIGKILLS'] ?? 4);
const LONGEST_LIFE_MS = 150;
const WRITERS = 8;
const SECRET_KEY = 'the key of yesterday, thirty-two bytes or more';
const ROTATED_KEY = 'the key of today, thirty-two bytes or more';

jest.setTimeout(60_000 + KILLS * 10_000);

describe('a process that is killed under writes (N3)', () => {
  let sandbox: Sandbox;
  let directory: string;
  const key = makeApiKey().key.reveal();

  beforeAll(async () => {
    sandbox = await startSandbox();
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-killed-'));
  });
  afterAll(async () => {
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function start(keys: Readonly<Record<string, string>>): Promise<{ service: ServiceProcess; url: string }> {
    const [tenant] = sandbox.tenants;
    const service = await startProcess('dist/main.js', {
      PORT: '0',
      HOST: '127.0.0.1',
      HUBSTER_PORTAL_URL: sandbox.url,
      HUBSTER_IDENTITY_URL: sandbox.url,
      HUBSTER_CLIENT_ID: tenant?.clientId ?? '',
      HUBSTER_CLIENT_SECRET: tenant?.clientSecret ?? '',
      STAGEDOOR_API_KEY: key,
      AUDIT_DIR: directory,
      LOG_FORMAT: 'pretty',
      LOG_LEVEL: 'silent',
      ...keys,
    });
    const [, url = ''] = await service.says(/listens on (\S+)/);
    return { service, url };
  }

  /** Writes until the service is gone; resolves to the number of creates that were answered with success. */
  async function writeUntilGone(url: string, name: string, onAnswer: () => void): Promise<number> {
    let answered = 0;
    for (let turn = 0; ; turn += 1) {
      const configuration = { allowedOrigins: ['localhost'] };
      const response = await fetch(`${url}/api/v1/integrations/hubs/${HUBS.acme}`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ channelId: 'WebChat', name: `${name} ${turn}`, configuration }),
      }).catch(() => undefined);
      if (!response) return answered;
      if (response.status === 200) answered += 1;
      onAnswer();
      await response.text().catch(() => '');
    }
  }

  const trailKeys = [ROTATED_KEY, SECRET_KEY].map((text) => new TrailKey(new SecretKeys(Secret.of(text))));
  const verify = (keys = trailKeys) =>
    verifyTrail({ directory, checkpointDirectory: join(directory, 'checkpoints'), keys });

  it(`${KILLS} times: every effect has its intent, the next start works by itself, and nothing is called tampering`, async () => {
    let [effects, answered] = [0, 0];
    const states: Partial<Record<TrailState, number>> = {};
    for (let kill = 0; kill < KILLS; kill += 1) {
      const isRotated = kill >= KILLS / 2;
      const keys = isRotated ? { SECRET_KEY: ROTATED_KEY, SECRET_KEY_PREVIOUS: SECRET_KEY } : { SECRET_KEY };
      const { service, url } = await start(keys);
      let isUnderWay = (): void => undefined;
      const underWay = new Promise<void>((resolve) => {
        isUnderWay = resolve;
      });
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        writeUntilGone(url, `${kill}/${writer}`, isUnderWay),
      );
      // Every fourth is killed while its first writes are on their way, the others in the midst of many.
      if (kill % 4 !== 3) await underWay;
      // A random instant is what is tested; nothing is awaited from the time that passes.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
      service.process.kill('SIGKILL');
      await service.ended();
      for (const count of await Promise.all(writers)) answered += count;

      const { state } = await verify();
      expect(['ok', 'unanchored-tail', 'torn-tail']).toContain(state);
      states[state] = (states[state] ?? 0) + 1;
      const trail = await readTrail(directory, { mayBeTorn: true });
      const intents = new Set(trail.filter(({ phase }) => phase === 'intent').map(({ requestId }) => requestId));
      const journal: readonly JournalEntry[] = (await supertest(sandbox.url).get('/sandbox/journal')).body;
      const applied = journal.filter(
        ({ method, path, applied }) => method === 'POST' && applied && path.startsWith('/api/'),
      );
      expect(applied.filter(({ headers }) => !intents.has(headers['x-request-id'] ?? ''))).toEqual([]);
      effects += applied.length;
      await supertest(sandbox.url).post('/sandbox/reset').expect(204);
    }
    const { service, url } = await start({ SECRET_KEY: ROTATED_KEY, SECRET_KEY_PREVIOUS: SECRET_KEY });
    await supertest(url).delete('/api/v1/cache').set('x-api-key', key).expect(204);
    service.process.kill('SIGTERM');
    expect(await service.ended()).toBe(0);

    expect(await verify()).toMatchObject({ state: 'ok', findings: [] });
    expect((await verify(trailKeys.slice(0, 1))).state).toBe('unknown-key');
    expect(effects).toBeGreaterThanOrEqual(answered);
    expect(effects).toBeGreaterThan(0);
    process.stdout.write(
      `${effects} effects, ${answered} of them answered; after each kill ${JSON.stringify(states)}\n`,
    );
  });
});
