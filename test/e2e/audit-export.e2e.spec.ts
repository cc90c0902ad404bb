import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { TrailKey } from '../../src/audit/chain/chain';
import { FileAuditStore } from '../../src/audit/stores/file-audit-store';
import { SystemClock } from '../../src/clock/clock';
import { createLogger } from '../../src/observability/log/logger';
import { Secret } from '../../src/secrets/secret';
import { SecretKeys } from '../../src/secrets/secret-keys';
import { ROOT } from '../support/repository';
import { recordFor } from '../support/scale/trail-store';
import { startProcess } from '../support/service-process';
import { HUBS, SECRET_KEY } from '../support/stagedoor';

const STAGEDOOR = join(ROOT, 'dist/cli/stagedoor.js');
const EVENTS = '/api/v1/audit/events';
const webChat = (name: string) => ({ channelId: 'WebChat', name, configuration: { allowedOrigins: ['localhost'] } });

function exported(directory: string, ...options: readonly string[]) {
  return spawnSync(process.execPath, [STAGEDOOR, 'audit', 'export', directory, ...options], { encoding: 'utf8' });
}

describe('stagedoor audit export [S-832]', () => {
  it('writes the bytes of the export over HTTP, while the service writes', async () => {
    const demo = await startProcess('dist/main.js', { PORT: '0', SANDBOX_PORT: '0' });
    const [, key = '', url = ''] = await demo.prints(/curl -H 'X-API-Key: (sd_\S+)' (\S+)\/api/);
    const call = (verb: 'get' | 'post' | 'delete', path: string) => supertest(url)[verb](path).set('x-api-key', key);
    for (const name of ['one', 'two']) {
      await call('post', `/api/v1/integrations/hubs/${HUBS.acme}`).send(webChat(name)).expect(200);
    }
    await supertest(url).get('/api/v1/me').expect(401);
    // Responses do not wait for outcomes, but this record is stored behind them.
    await call('delete', '/api/v1/cache').expect(204);
    const to = new Date().toISOString();
    const overHttp = async (query: Record<string, string>) => {
      const headers = { 'x-api-key': key, accept: 'application/x-ndjson' };
      return (await fetch(`${url}${EVENTS}?${new URLSearchParams(query)}`, { headers })).text();
    };
    const trail = join(demo.directory, 'data/audit');

    const all = await overHttp({ to });
    expect(all.split('\n').length).toBeGreaterThan(5);
    expect(exported(trail, '--tenant', 'acme', '--to', to)).toMatchObject({ status: 0, stdout: all, stderr: '' });
    const from: string = JSON.parse(all.split('\n')[2] ?? '').time;
    const later = await overHttp({ from, to });
    expect(later.length).toBeLessThan(all.length);
    expect(exported(trail, '--tenant', 'acme', '--from', from, '--to', to).stdout).toBe(later);
    expect(exported(trail, '--to', to).stdout).toContain('"tenant":null');
    await demo.stop();
  });

  it('ends without a message when its reader has what it wants', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'trail-'));
    const location = { directory, checkpointDirectory: join(directory, 'checkpoints'), retentionMs: 400 * 86_400_000 };
    const logger = createLogger({ level: 'silent', format: 'json' });
    const key = new TrailKey(new SecretKeys(Secret.of(SECRET_KEY)));
    const store = new FileAuditStore(location, { key, clock: new SystemClock(), logger });
    // More than a pipe holds.
    await store.append(Array.from({ length: 2000 }, (_, n) => recordFor('acme', n)));
    await store.seal();

    const command = `"${process.execPath}" "${STAGEDOOR}" audit export "${directory}" | head -n 1`;
    const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', command], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'record-1999-of-acme' });
    await rm(directory, { recursive: true });
  });
});
