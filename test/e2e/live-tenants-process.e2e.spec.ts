import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ApiKey, makeApiKey } from '../../src/access/api-key';
import { SCOPES } from '../../src/context/scope';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { slowRequest } from '../support/slow-request';
import { HUBS, SECRET_KEY } from '../support/stagedoor';

const LIST = `/api/v1/integrations/hubs/${HUBS.acme}/Direct`;

describe('a running process and its tenants file', () => {
  let directory: string;
  let sandbox: Sandbox;
  let service: ServiceProcess;
  let url: string;
  let keys: Readonly<Record<'app' | 'leaver', ApiKey>>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-live-'));
    sandbox = await startSandbox();
    keys = { app: makeApiKey(), leaver: makeApiKey() };
    await writeFile(join(directory, 'secret'), acme().clientSecret);
    await writeTenants(['app', 'leaver']);
    service = await startProcess('dist/main.js', environment());
    url = await service.listens();
  });
  afterEach(async () => {
    await service.stop();
    await sandbox.close();
    await rm(directory, { recursive: true });
  });

  const environment = () => ({
    PORT: '0',
    HOST: '127.0.0.1',
    HUBSTER_PORTAL_URL: sandbox.url,
    HUBSTER_IDENTITY_URL: sandbox.url,
    TENANTS_FILE: join(directory, 'tenants.yaml'),
    SECRET_KEY,
    LOG_FORMAT: 'pretty',
  });
  const acme = () => {
    const [tenant] = sandbox.tenants;
    if (!tenant) throw new Error('no tenant');
    return tenant;
  };
  const writeTenants = (callers: readonly (keyof typeof keys)[], tenants = ['acme']) =>
    writeFile(
      join(directory, 'tenants.yaml'),
      stringify({
        tenants: [
          { id: 'acme', hubster: { clientId: acme().clientId, clientSecret: { file: join(directory, 'secret') } } },
        ],
        callers: callers.map((id) => ({
          id,
          keyHash: `sha256:${keys[id].hash}`,
          tenants: [...tenants],
          scopes: [...SCOPES],
        })),
      }),
    );
  const headersOf = (caller: keyof typeof keys) => ({ 'x-api-key': keys[caller].key.reveal() });
  const statusOf = async (path: string, caller: keyof typeof keys) => {
    const response = await fetch(url + path, { headers: headersOf(caller) });
    await response.arrayBuffer();
    return response.status;
  };
  /** Resolves when the log has this line for the `count`th time. */
  const logs = (line: string, count = 1) => service.says(new RegExp(`(?:${line}[\\s\\S]*){${count}}`));

  it('reads secrets of files of their own again on SIGHUP', async () => {
    expect(await statusOf(LIST, 'app')).toBe(200);
    for (const [count, secret, status] of [
      [1, 'not the secret', 502],
      [2, `${acme().clientSecret}\n`, 200],
    ] as const) {
      await writeFile(join(directory, 'secret'), secret);
      service.process.kill('SIGHUP');
      await logs('The tenants file was read again', count);
      expect(await statusOf(LIST, 'app')).toBe(status);
    }
    expect(service.output()).not.toContain(acme().clientSecret);
  });

  it('reads the file again as soon as it serves when SIGHUP comes during the start', async () => {
    const starting = await startProcess('dist/main.js', { ...environment(), NODE_DEBUG: 'module' });
    await starting.says(/reflect-metadata/);
    starting.process.kill('SIGHUP');
    starting.process.kill('SIGHUP');
    await starting.listens();
    await starting.says(/The tenants file was read again/);
    expect(await starting.stop()).toBe(0);
  });

  it('drops no request that is under way, not even one of a caller it leaves out, whose next one is refused', async () => {
    const sent = slowRequest(`${url}/api/v1/integrations/hubs/${HUBS.acme}`, keys.leaver.key.reveal());
    await sent.isReceived;
    await writeTenants(['app']);
    service.process.kill('SIGHUP');
    await logs('The tenants file was read again');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(401);
    expect(await statusOf('/api/v1/me', 'app')).toBe(200);
    sent.finish();
    expect(await sent.status).toBe(200);
  });

  it('refuses a key that an edit took away, without any signal', async () => {
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(200);
    await writeTenants(['app']);
    await logs('The tenants file was read again');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(401);
    expect(await statusOf('/api/v1/me', 'app')).toBe(200);
  });

  it('keeps the running file when the edit is bad, says why without a value, and takes the next good one', async () => {
    await writeTenants(['app'], ['hunter2']);
    service.process.kill('SIGHUP');
    await logs('The tenants file is not valid: the one before stays');
    await logs('callers\\[0\\].tenants\\[0\\] \\(line \\d+\\)');
    expect(service.output()).not.toContain('hunter2');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(200);
    await rm(join(directory, 'tenants.yaml'));
    service.process.kill('SIGHUP');
    await logs('expected": "the path of a file: readable, UTF-8, of at most 16 MiB"');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(200);
    await writeTenants(['app']);
    service.process.kill('SIGHUP');
    await logs('The tenants file was read again');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(401);
  });

  it.each(['secret', 'tenants.yaml'])(
    'a pipe without a writer in place of %s fails the reload in time, is degraded, and later reloads work',
    async (name) => {
      await rm(join(directory, name));
      execFileSync('mkfifo', [join(directory, name)]);
      service.process.kill('SIGHUP');
      await logs('The tenants file is not valid: the one before stays');
      const ready = async () => (await fetch(`${url}/health/ready`)).json();
      expect(await ready()).toEqual({ status: 'degraded', degraded: ['tenants'] });
      expect(await statusOf('/api/v1/me', 'leaver')).toBe(200);
      await rm(join(directory, name));
      await writeFile(join(directory, 'secret'), acme().clientSecret);
      await writeTenants(['app']);
      service.process.kill('SIGHUP');
      await logs('The tenants file was read again');
      expect(await ready()).toEqual({ status: 'ok' });
      expect(await statusOf('/api/v1/me', 'leaver')).toBe(401);
    },
  );
});
