import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { makeApiKey } from '../../src/access/api-key';
import { TrailKey } from '../../src/audit/chain/trail-key';
import type { TrailState } from '../../src/audit/verify/verification';
import { verifyTrail } from '../../src/audit/verify/verify-trail';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { canary } from '../support/canaries';
import { type ServiceProcess, startService } from '../support/service-process';
import { HUBS, type JournalEntry, readTrail } from '../support/stagedoor';

/** `npm run test:sigkill` kills 200 times. */
const KILLS = Number(process.env['SIGKILLS'] ?? 4);
const LONGEST_LIFE_MS = 150;
const WRITERS = 8;
const SECRET_KEY = canary('the key of yesterday', 40).value;
const ROTATED_KEY = canary('the key of today', 40).value;

jest.setTimeout(60_000 + KILLS * 10_000);

describe('a process that is killed under writes [N3]', () => {
  let sandbox: Sandbox;
  let directory: string;
  const key = makeApiKey().key.reveal();

  beforeAll(async () => {
    sandbox = await startSandbox();
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-killed-'));
  });
  afterAll(() => sandbox.close());

  async function start(keys: Readonly<Record<string, string>>): Promise<{ service: ServiceProcess; url: string }> {
    const env = { STAGEDOOR_API_KEY: key, AUDIT_DIR: directory, LOG_LEVEL: 'silent', ...keys };
    const service = await startService(sandbox, env);
    return { service, url: await service.listens() };
  }

  /** Writes until the service is gone; resolves to the number of creates that were answered with success. */
  async function writeUntilGone(url: string, name: string, onResponse: () => void): Promise<number> {
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
      onResponse();
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
    expect(await service.stop()).toBe(0);

    expect(await verify()).toMatchObject({ state: 'ok', findings: [] });
    expect((await verify(trailKeys.slice(0, 1))).state).toBe('unknown-key');
    expect(effects).toBeGreaterThanOrEqual(answered);
    expect(effects).toBeGreaterThan(0);
    process.stdout.write(
      `${effects} effects, ${answered} of them answered; after each kill ${JSON.stringify(states)}\n`,
    );
  });
});
