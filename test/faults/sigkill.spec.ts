import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { makeApiKey } from '../../src/access/api-key';
import { TrailKey } from '../../src/audit/chain/chain';
import type { TrailState } from '../../src/audit/verify/verification';
import { verifyTrail } from '../../src/audit/verify/verify-trail';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { canary } from '../support/canaries';
import { type ServiceProcess, startService } from '../support/service-process';
import { HUBS, type RecordedCall, readTrail } from '../support/stagedoor';

/** `npm run test:sigkill` kills 200 times. */
const KILLS = Number(process.env['SIGKILLS'] ?? 4);
const LONGEST_LIFE_MS = 150;
const WRITERS = 8;
const SECRET_KEY = canary('the old key', 40).value;
const ROTATED_KEY = canary('the new key', 40).value;

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

  /** Writes until the service ends; resolves to the number of creates with a successful response. */
  async function writeUntilEnd(url: string, name: string, onResponse: () => void): Promise<number> {
    let succeeded = 0;
    for (let n = 0; ; n += 1) {
      const configuration = { allowedOrigins: ['localhost'] };
      const response = await fetch(`${url}/api/v1/integrations/hubs/${HUBS.acme}`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ channelId: 'WebChat', name: `${name} ${n}`, configuration }),
      }).catch(() => undefined);
      if (!response) return succeeded;
      if (response.status === 200) succeeded += 1;
      onResponse();
      await response.text().catch(() => '');
    }
  }

  const trailKeys = [ROTATED_KEY, SECRET_KEY].map((text) => new TrailKey(new SecretKeys(Secret.of(text))));
  const verify = (keys = trailKeys) =>
    verifyTrail({ directory, checkpointDirectory: join(directory, 'checkpoints'), keys });

  it(`leaves an intent for every effect and a trail without tampering, and starts again without help, ${KILLS} times`, async () => {
    let [effects, succeeded] = [0, 0];
    const states: Partial<Record<TrailState, number>> = {};
    for (let kill = 0; kill < KILLS; kill += 1) {
      const isRotated = kill >= KILLS / 2;
      const keys = isRotated ? { SECRET_KEY: ROTATED_KEY, SECRET_KEY_PREVIOUS: SECRET_KEY } : { SECRET_KEY };
      const { service, url } = await start(keys);
      let onResponse = (): void => undefined;
      const firstResponse = new Promise<void>((resolve) => {
        onResponse = resolve;
      });
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        writeUntilEnd(url, `${kill}/${writer}`, onResponse),
      );
      // Every fourth process is killed during its first writes, the others after at least one response.
      if (kill % 4 !== 3) await firstResponse;
      // Not a wait for something: the test kills at a random instant.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_LIFE_MS));
      service.process.kill('SIGKILL');
      await service.ended();
      for (const count of await Promise.all(writers)) succeeded += count;

      const { state } = await verify();
      expect(['ok', 'unanchored-tail', 'torn-tail']).toContain(state);
      states[state] = (states[state] ?? 0) + 1;
      const trail = await readTrail(directory, { mayBeTorn: true });
      const intents = new Set(trail.filter(({ phase }) => phase === 'intent').map(({ requestId }) => requestId));
      const sent: readonly RecordedCall[] = (await supertest(sandbox.url).get('/sandbox/journal')).body;
      const applied = sent.filter(
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
    expect(effects).toBeGreaterThanOrEqual(succeeded);
    expect(effects).toBeGreaterThan(0);
    process.stdout.write(
      `${effects} effects, ${succeeded} of them with a response; after each kill ${JSON.stringify(states)}\n`,
    );
  });
});
