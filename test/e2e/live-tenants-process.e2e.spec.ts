import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ApiKey, makeApiKey } from '../../src/access/api-key';
import { SCOPES } from '../../src/context/caller';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { slowRequest } from '../support/slow-request';
import { HUBS, SECRET_KEY } from '../support/stagedoor';

const LIST = `/api/v1/integrations/hubs/${HUBS.acme}/Direct`;

describe('the tenants file of a running process', () => {
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
  /** Resolves when the log has `count` such lines. */
  const logs = (line: string, count = 1) => service.prints(new RegExp(`(?:${line}[\\s\\S]*){${count}}`));

  it('is read again on SIGHUP, with the files of its secrets', async () => {
    expect(await statusOf(LIST, 'app')).toBe(200);
    for (const [count, secret, status] of [
      [1, 'not the secret', 502],
      [2, `${acme().clientSecret}\n`, 200],
    ] as const) {
      await writeFile(join(directory, 'secret'), secret);
      service.process.kill('SIGHUP');
      await logs('The tenants file was reloaded', count);
      expect(await statusOf(LIST, 'app')).toBe(status);
    }
    expect(service.output()).not.toContain(acme().clientSecret);
  });

  it('reads the file again as soon as it serves when SIGHUP comes during the start', async () => {
    const starting = await startProcess('dist/main.js', { ...environment(), NODE_DEBUG: 'module' });
    await starting.prints(/reflect-metadata/);
    starting.process.kill('SIGHUP');
    starting.process.kill('SIGHUP');
    await starting.listens();
    await starting.prints(/The tenants file was reloaded/);
    expect(await starting.stop()).toBe(0);
  });

  it('drops no running request when it is read again, not even one of a removed caller, whose next one is rejected', async () => {
    const sent = slowRequest(`${url}/api/v1/integrations/hubs/${HUBS.acme}`, keys.leaver.key.reveal());
    await sent.isReceived;
    await writeTenants(['app']);
    service.process.kill('SIGHUP');
    await logs('The tenants file was reloaded');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(401);
    expect(await statusOf('/api/v1/me', 'app')).toBe(200);
    sent.finish();
    expect(await sent.status).toBe(200);
  });

  it('is read again after an edit without a signal, so that a removed key is rejected', async () => {
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(200);
    await writeTenants(['app']);
    await logs('The tenants file was reloaded');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(401);
    expect(await statusOf('/api/v1/me', 'app')).toBe(200);
  });

  it('is not applied when an edit is invalid, which is logged without a value, until the next valid edit', async () => {
    await writeTenants(['app'], ['hunter2']);
    service.process.kill('SIGHUP');
    await logs('The tenants file is invalid: the previous one stays in use');
    await logs('callers\\[0\\].tenants\\[0\\] \\(line \\d+\\)');
    expect(service.output()).not.toContain('hunter2');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(200);
    await rm(join(directory, 'tenants.yaml'));
    service.process.kill('SIGHUP');
    await logs('"expected":"the path of a file: readable, UTF-8, of at most 16 MiB"');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(200);
    await writeTenants(['app']);
    service.process.kill('SIGHUP');
    await logs('The tenants file was reloaded');
    expect(await statusOf('/api/v1/me', 'leaver')).toBe(401);
  });

  it.each(['secret', 'tenants.yaml'])(
    'fails the reload in time with a pipe without a writer in place of %s, is degraded, and works again later',
    async (name) => {
      await rm(join(directory, name));
      execFileSync('mkfifo', [join(directory, name)]);
      service.process.kill('SIGHUP');
      await logs('The tenants file is invalid: the previous one stays in use');
      const ready = async () => (await fetch(`${url}/health/ready`)).json();
      expect(await ready()).toEqual({ status: 'degraded', degraded: ['tenants'] });
      expect(await statusOf('/api/v1/me', 'leaver')).toBe(200);
      await rm(join(directory, name));
      await writeFile(join(directory, 'secret'), acme().clientSecret);
      await writeTenants(['app']);
      service.process.kill('SIGHUP');
      await logs('The tenants file was reloaded');
      expect(await ready()).toEqual({ status: 'ok' });
      expect(await statusOf('/api/v1/me', 'leaver')).toBe(401);
    },
  );
});
