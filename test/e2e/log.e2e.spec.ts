import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApiKey } from '../../src/access/api-key';
import { SCOPES } from '../../src/context/caller';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { ecsViolations, otelViolations } from '../support/log/log-schemas';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { HUBS, SECRET_KEY } from '../support/stagedoor';

type Line = Readonly<Record<string, unknown>>;

const INTEGRATION = `/api/v1/integrations/${HUBS.acme}`;
/** As many as open a breaker: a read is tried three times. */
const FAILING_READS = 4;

/** The lines of the service, without those of Node and without the one that is being written. */
const linesOf = (service: ServiceProcess): readonly Line[] =>
  service
    .output()
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'))
    .map((line): Line => JSON.parse(line));

describe('the log of a process', () => {
  let sandbox: Sandbox;
  let directory: string;
  const key = makeApiKey();

  beforeAll(async () => {
    sandbox = await startSandbox();
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-log-'));
  });
  afterAll(async () => {
    await sandbox.close();
    await rm(directory, { recursive: true });
  });

  /** `tenants`: of the sandbox, with their order in the file. */
  const writeTenants = (tenants: readonly string[]) => {
    const known = sandbox.tenants.filter(({ name }) => tenants.includes(name));
    const file = {
      tenants: known.map(({ name, clientId, clientSecret }) => ({
        id: name,
        hubster: { clientId, clientSecret: { file: join(directory, name) } },
        secret: clientSecret,
      })),
      callers: [{ id: 'app', keyHash: `sha256:${key.hash}`, tenants: '*', scopes: [...SCOPES] }],
    };
    const secrets = file.tenants.map(({ id, secret }) => writeFile(join(directory, id), secret));
    const text = JSON.stringify({ ...file, tenants: file.tenants.map(({ secret: _secret, ...tenant }) => tenant) });
    return Promise.all([...secrets, writeFile(join(directory, 'tenants.yaml'), text)]);
  };
  const start = (env: Readonly<Record<string, string>>) =>
    startProcess('dist/main.js', {
      PORT: '0',
      HOST: '127.0.0.1',
      HUBSTER_PORTAL_URL: sandbox.url,
      HUBSTER_IDENTITY_URL: sandbox.url,
      TENANTS_FILE: join(directory, 'tenants.yaml'),
      SECRET_KEY,
      REDIS_PREFIX: 'log',
      ...env,
    });
  const read = (url: string) =>
    fetch(url + INTEGRATION, { headers: { 'x-api-key': key.key.reveal(), 'x-tenant-id': 'acme' } }).then((response) =>
      response.arrayBuffer().then(() => response.status),
    );
  const fail = () =>
    fetch(`${sandbox.url}/sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ match: { path: HUBS.acme }, times: 0, effect: { status: 503 } }),
    });
  const repair = () => fetch(`${sandbox.url}/sandbox/faults`, { method: 'DELETE' });

  /** Start, a reload, failures of Hubster until the breaker opens, and the stop. */
  async function lifeOf(format: 'json' | 'ecs' | 'otel' | 'pretty'): Promise<ServiceProcess> {
    await writeTenants(['acme']);
    const service = await start({ LOG_FORMAT: format, LOG_LEVEL: 'debug' });
    const url = await service.listens();
    await service.prints(/The service is ready/);
    await writeTenants(['acme', 'globex']);
    service.process.kill('SIGHUP');
    await service.prints(/The tenants file was reloaded.*\n/);
    await fail();
    for (let count = 0; count < FAILING_READS; count += 1) expect(await read(url)).toBe(503);
    await service.prints(/they are not sent for a while.*\n/);
    await repair();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await service.stop()).toBe(0);
    return service;
  }

  it('has a line for start, ready, reload, breaker, draining and stop, and the causes of failed calls [S-865, S-866]', async () => {
    const lines = linesOf(await lifeOf('json'));
    const events = ['server.', 'tenants.', 'hubster.breaker'];
    const reported = lines.filter(({ event }) => events.some((name) => String(event).startsWith(name)));
    const base = { service: 'stagedoor', version: expect.stringMatching(/^\d/) };
    const digest = expect.stringMatching(/^[0-9a-f]{12}$/);
    const reload = { tenants: 2, callers: 1, added: 1, changed: 0, removed: 0, keysAdded: 0, keysRemoved: 0 };
    const expected = [
      { event: 'server.listening', url: expect.any(String), mode: 'service', configDigest: digest },
      { event: 'server.ready', level: 'info' },
      { event: 'tenants.reloaded', ...reload },
      { event: 'hubster.breaker-opened', level: 'warn', tenant: 'acme', calls: 'read', reason: 'failures-in-a-row' },
      { event: 'server.stopping', level: 'info' },
      { event: 'server.draining', level: 'info' },
      { event: 'server.stopped', level: 'info', durationMs: expect.any(Number) },
    ];
    expect(reported.map(({ event }) => event)).toEqual(expected.map(({ event }) => event));
    expect(reported).toEqual(expected.map((facts) => expect.objectContaining({ ...base, ...facts })));
    expect(lines.filter(({ service, version }) => service !== 'stagedoor' || version === undefined)).toEqual([]);
    const failed = lines.filter(({ msg, status }) => msg === 'request' && status === 503);
    const causes = ['unavailable', 'unavailable', 'unavailable', 'breaker'];
    expect(failed.map(({ level, cause }) => [level, cause])).toEqual(causes.map((cause) => ['warn', cause]));
  });

  it.each([
    ['ecs' as const, ecsViolations],
    ['otel' as const, otelViolations],
  ])('has in the format %s only fields of the schema, with their types [S-867]', async (format, violations) => {
    const lines = linesOf(await lifeOf(format));
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.flatMap(violations)).toEqual([]);
  });

  it('has one line a request in the format pretty [S-867]', async () => {
    const output = (await lifeOf('pretty')).output();
    const time = '\\d\\d:\\d\\d:\\d\\d';
    expect(output.match(new RegExp(`^${time} DEBUG GET /health/live 200 \\d+ ms$`, 'gm'))?.length).toBeGreaterThan(0);
    const failed = new RegExp(`^${time} WARN  GET /api/v1/integrations/:integrationId 503 .*$`, 'gm');
    expect(output.match(failed)).toHaveLength(FAILING_READS);
    expect(output).toMatch(/503 \d+ ms 3 attempts upstream-unavailable unavailable acme app [0-9a-f-]{36}\n/);
  });

  it('does not start with an unknown format', async () => {
    const service = await start({ LOG_FORMAT: 'xml' });
    expect(await service.ended()).toBe(1);
    expect(service.output()).toContain('LOG_FORMAT: expected json, ecs, otel or pretty');
  });
});
