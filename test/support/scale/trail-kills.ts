import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { makeApiKey } from '../../../src/access/api-key';
import { TrailKey } from '../../../src/audit/chain/chain';
import { withConnection } from '../../../src/audit/postgres/connect';
import { PostgresTrail } from '../../../src/audit/postgres/postgres-trail';
import { verifyTrail } from '../../../src/audit/verify/verify-trail';
import { startSandbox } from '../../../src/sandbox/sandbox';
import { Secret } from '../../../src/secrets/secret';
import { SecretKeys } from '../../../src/secrets/secret-keys';
import { readDatabaseTrail } from '../audit/database-trail';
import { PostgresServer } from '../postgres-server';
import { startService } from '../service-process';
import { HUBS, type RecordedCall, SECRET_KEY } from '../stagedoor';

const WRITERS = 8;
const RESPONSES = 3;

interface KillFigures {
  readonly effects: number;
  readonly effectsWithoutIntent: number;
  /** The states of the trail after each kill. */
  readonly states: readonly string[];
}

/** Kills the service and its database one after the other, `kills` times each, while writers create integrations. */
export async function killUnderWrites(kills: number): Promise<KillFigures> {
  const sandbox = await startSandbox();
  const server = await PostgresServer.start({ isDurable: true });
  const database = await server.createDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'stagedoor-killed-'));
  const key = makeApiKey().key.reveal();
  const env = {
    ...{ STAGEDOOR_API_KEY: key, SECRET_KEY, LOG_LEVEL: 'silent', AUDIT_CHECKPOINTS: directory },
    ...{ AUDIT_STORE: 'postgres', AUDIT_DATABASE_URL: database },
  };
  const states: string[] = [];
  let [effects, effectsWithoutIntent] = [0, 0];
  try {
    for (let kill = 0; kill < 2 * kills; kill += 1) {
      const service = await startService(sandbox, env);
      const url = await service.listens();
      const writing = writeUntilKilled(url, key, `${kill}`);
      await writing.hasResponses;
      if (kill % 2 === 1) await server.kill();
      service.process.kill('SIGKILL');
      await service.ended();
      await writing.ended;
      if (kill % 2 === 1) await server.start();

      const trail = await readDatabaseTrail(database);
      const intents = new Set(trail.filter(({ phase }) => phase === 'intent').map(({ requestId }) => requestId));
      const calls: readonly RecordedCall[] = (await supertest(sandbox.url).get('/sandbox/journal')).body;
      const applied = calls.filter(
        ({ method, path, applied: is }) => method === 'POST' && is && path.startsWith('/api/'),
      );
      effects += applied.length;
      effectsWithoutIntent += applied.filter(({ headers }) => !intents.has(headers['x-request-id'] ?? '')).length;
      states.push(await stateOf(database, directory));
      await supertest(sandbox.url).post('/sandbox/reset').expect(204);
    }
  } finally {
    await server.close();
    await sandbox.close();
  }
  return { effects, effectsWithoutIntent, states };
}

/** `hasResponses`: some of the creates have succeeded. `ended`: no writer has a connection any more. */
function writeUntilKilled(url: string, key: string, name: string) {
  let [succeeded, onResponses] = [0, (): void => undefined];
  const hasResponses = new Promise<void>((resolve) => {
    onResponses = resolve;
  });
  const write = async (writer: number) => {
    for (let n = 0; ; n += 1) {
      const configuration = { allowedOrigins: ['localhost'] };
      const response = await fetch(`${url}/api/v1/integrations/hubs/${HUBS.acme}`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ channelId: 'WebChat', name: `${name}/${writer}/${n}`, configuration }),
      }).catch(() => undefined);
      if (!response) return;
      if (response.status === 200) succeeded += 1;
      if (succeeded >= RESPONSES) onResponses();
      await response.text().catch(() => '');
    }
  };
  return { hasResponses, ended: Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer))) };
}

async function stateOf(database: string, checkpointDirectory: string): Promise<string> {
  const keys = [new TrailKey(new SecretKeys(Secret.of(SECRET_KEY)))];
  const { state } = await withConnection({ url: Secret.of(database) }, (client) =>
    verifyTrail({ directory: new PostgresTrail(client), checkpointDirectory, keys }),
  );
  return state;
}
