import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest from 'supertest';
import { stringify } from 'yaml';
import { makeApiKey } from '../../src/access/api-key';
import { Lifecycle } from '../../src/api/operations/lifecycle';
import { createApp } from '../../src/app.module';
import type { Clock } from '../../src/clock/clock';
import { readConfig } from '../../src/config/environment/read-config';
import { fileReader } from '../../src/config/environment/read-file';
import { loadTenants } from '../../src/config/tenants/load-tenants';
import { SCOPES, type Scope } from '../../src/context/caller';
import { type Sandbox, type SandboxTenant, startSandbox } from '../../src/sandbox/sandbox';
import type { ProbeResult } from './canaries';
import { ResponseWatch } from './document/response-watch';
import { requestPublicPages, sendCanaries } from './last-requests';
import { SecretWatch } from './secret-watch';
import type { Collector } from './traces/collector';

export const HUBS = {
  acme: '3bc1e69f-c520-446f-ab2c-01751fd66a31',
  acmeSecond: '3bc1e69f-c520-446f-ab2c-01751fd66a32',
  globex: '7d5a1c40-8e7b-4a54-9c7e-5f0b2d9e4a01',
} as const;

/** The default of all services, so that replicas share it. */
export const SECRET_KEY = '3mQv7ZtB1yXk0RwJ5cHfL8sNdP2gUa9eTiW6oxKq';

/** A caller of the service under test; `startStagedoor` makes its key. */
interface CallerSetup {
  readonly id: string;
  readonly tenants: readonly string[] | '*';
  readonly scopes?: readonly Scope[];
}

interface Setup {
  /** Environment variables beside the defaults. */
  readonly env?: Readonly<Record<string, string>>;
  readonly callers?: readonly CallerSetup[];
  /** `hubs` of the tenants file, by tenant. */
  readonly hubs?: Readonly<Record<string, readonly string[]>>;
  /** `requestsPerMinute` of the tenants file, by tenant. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Further top-level members of the tenants file: issuers, passthrough. */
  readonly tenantsFile?: Readonly<Record<string, unknown>>;
  readonly sandboxTenants?: readonly SandboxTenant[];
  /** A sandbox that other replicas share; `close` leaves it running. */
  readonly sandbox?: Sandbox;
  readonly quirks?: boolean;
  readonly clock?: Clock;
  /** The caller whose key Swagger UI offers, as in the demo. */
  readonly demoKeyOf?: string;
  /** Receives the spans of all requests; they are searched for secrets like the rest of the output. */
  readonly collector?: Collector;
  /** Secrets of the suite that are public texts of the service as well. */
  readonly shown?: readonly string[];
}

/** The running service with a sandbox on a real port, a tenants file, and a directory for the trail. */
export interface Stagedoor {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly logs: readonly string[];
  readonly directory: string;
  /** Searches the output for secrets when the service is closed; the suite fails if one is found. */
  readonly watch: SecretWatch;
  /** The API key of a caller. */
  keyOf(caller: string): string;
  /** A token of Hubster for the first tenant, as a passthrough caller has it. */
  portalToken(): Promise<string>;
  /** Sends requests as a caller, or without credentials. */
  as(caller?: string): ReturnType<typeof supertest.agent>;
  /** The requests that Hubster received, without token requests. */
  hubsterCalls(): Promise<readonly RecordedCall[]>;
  /** Scripts a fault at the sandbox. */
  fault(script: object): Promise<void>;
  /** The audit trail on the disk, line by line. */
  trail(): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface RecordedCall {
  /** RFC 3339. */
  readonly time: string;
  readonly tenant: string | null;
  readonly method: string;
  readonly path: string;
  readonly query: unknown;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: unknown;
  readonly status: number;
  readonly applied: boolean;
  /** Id of the fault that was injected. */
  readonly fault: string | null;
}

const CALLERS: readonly CallerSetup[] = [
  { id: 'acme-app', tenants: ['acme'] },
  { id: 'globex-app', tenants: ['globex'] },
  { id: 'gateway', tenants: '*' },
  { id: 'reader', tenants: ['acme'], scopes: ['integrations:read'] },
];

/** The least number of values that the output is searched for. */
const MIN_CANARIES = 60;

/** Secrets in the output of a suite's services. Asserted at its end, so that everything else is closed before. */
const leaks: ProbeResult[] = [];

afterAll(() => expect(leaks).toEqual([]));

/** How responses of a suite's services differed from docs/openapi.yaml. */
const responses = new ResponseWatch();

afterAll(() => expect(responses.end()).toEqual([]));

/** Starts the service from environment variables and a tenants file, on a free port. */
export async function startStagedoor(setup: Setup = {}): Promise<Stagedoor> {
  const { env = {}, hubs = {}, limits = {}, sandboxTenants, quirks = true, shown = [], collector } = setup;
  const sandbox = setup.sandbox ?? (await startSandbox({ quirks, ...(sandboxTenants && { tenants: sandboxTenants }) }));
  const exists = (tenant: string) => sandbox.tenants.some(({ name }) => name === tenant);
  const callers = setup.callers ?? CALLERS.filter(({ tenants }) => tenants === '*' || tenants.every(exists));
  const directory = await mkdtemp(join(tmpdir(), 'stagedoor-'));
  const keys = new Map(callers.map(({ id }) => [id, makeApiKey()]));
  const demoKey = setup.demoKeyOf === undefined ? undefined : keys.get(setup.demoKeyOf)?.key;
  const watch = new SecretWatch([...shown, ...(demoKey ? [demoKey.reveal()] : [])]);
  watch.listenToOutput();
  const tenantsFile = join(directory, 'tenants.yaml');
  const secretName = (tenant: string) => `${tenant.toUpperCase().replaceAll('-', '_')}_SECRET`;
  await writeFile(
    tenantsFile,
    stringify({
      tenants: sandbox.tenants.map(({ name, clientId }) => ({
        id: name,
        hubster: { clientId, clientSecret: { env: secretName(name) } },
        ...(hubs[name] && { hubs: hubs[name] }),
        ...(limits[name] && { limits: { requestsPerMinute: limits[name] } }),
      })),
      callers: callers.map(({ id, tenants, scopes = SCOPES }) => ({
        id,
        keyHash: `sha256:${keys.get(id)?.hash}`,
        tenants,
        scopes: [...scopes],
      })),
      ...setup.tenantsFile,
    }),
  );
  const environment = {
    PORT: '0',
    HOST: '127.0.0.1',
    HUBSTER_PORTAL_URL: sandbox.url,
    HUBSTER_IDENTITY_URL: sandbox.url,
    TENANTS_FILE: tenantsFile,
    SECRET_KEY,
    UNRELATED_PASSWORD: watch.plant('environment'),
    AUDIT_DIR: join(directory, 'audit'),
    LOG_LEVEL: 'trace',
    LOG_FORMAT: 'json',
    ...Object.fromEntries(sandbox.tenants.map(({ name, clientSecret }) => [secretName(name), clientSecret])),
    ...(collector && { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '1' }),
    ...env,
  };
  const config = readConfig(environment);
  if (config.tenants.kind === 'demo' || !config.hubster) throw new Error('tests need a tenants file');
  watch.register({ place: 'SECRET_KEY', value: environment.SECRET_KEY });
  for (const { name, clientSecret } of sandbox.tenants) {
    watch.register({ place: `client secret of ${name}`, value: clientSecret });
  }
  for (const [id, { key }] of keys) watch.register({ place: `API key of ${id}`, value: key.reveal() });
  watch.listenToUpstream(sandbox.url);
  const logs: string[] = [];
  const app = await createApp({
    config,
    tenants: loadTenants(config.tenants, { env: environment, readFile: fileReader(), scopes: SCOPES }),
    hubster: config.hubster,
    log: { write: (line) => void logs.push(line) },
    ...(setup.clock && { clock: setup.clock }),
    ...(demoKey && {
      demo: {
        keys: [{ caller: setup.demoKeyOf ?? '', role: 'all scopes', tenants: ['acme'], key: demoKey }],
        hubs: { acme: [HUBS.acme] },
        sandbox,
      },
    }),
  });
  watch.listenTo(app.getHttpServer());
  responses.listenTo(app.getHttpServer());
  await app.listen(config.http.port, config.http.host);
  app.get(Lifecycle).ready();
  const url = await app.getUrl();
  const planted = {
    cookie: `session=${watch.plant('cookie')}`,
    referer: `https://h.io/?token=${watch.plant('referer')}`,
    'user-agent': watch.plant('user-agent'),
  };
  const keyOf = (caller: string): string => {
    const made = keys.get(caller);
    if (!made) throw new Error(`no caller ${caller}`);
    return made.key.reveal();
  };

  return {
    app,
    url,
    sandbox,
    logs,
    directory,
    watch,
    keyOf,
    portalToken: async () => {
      const [tenant] = sandbox.tenants;
      const issued = await fetch(`${sandbox.url}/connect/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `grant_type=client_credentials&client_id=${tenant?.clientId}&client_secret=${tenant?.clientSecret}`,
      });
      const { access_token: token = '' }: { access_token?: string } = JSON.parse(await issued.text());
      return token;
    },
    as: (caller) => {
      const agent = supertest.agent(url).set(planted);
      return caller === undefined ? agent : agent.set('x-api-key', keyOf(caller));
    },
    hubsterCalls: async () => {
      const entries: readonly RecordedCall[] = (await supertest(sandbox.url).get('/sandbox/journal').expect(200)).body;
      return entries.filter(({ path }) => path !== '/connect/token');
    },
    fault: async (script) => {
      await supertest(sandbox.url).post('/sandbox/faults').send(script).expect(isSuccess);
    },
    trail: () => readTrail(join(directory, 'audit')),
    close: async () => {
      for (const { id, tenants } of callers.slice(0, 2)) {
        const [tenant = ''] = tenants === '*' ? sandbox.tenants.map(({ name }) => name) : tenants;
        const headers = { 'x-api-key': keyOf(id), 'x-tenant-id': tenant };
        await sendCanaries({ url, headers, plant: (place) => watch.plant(`${place} by ${id}`) });
      }
      await requestPublicPages(url);
      await app.close();
      if (!setup.sandbox) await sandbox.close();
      watch.collect('the log', logs.join(''));
      for (const { text } of collector?.exports ?? []) watch.collect('the spans', text);
      for (const folder of [directory, environment.AUDIT_DIR]) await watch.collectFiles(folder);
      for (const settings of [config.redis, config.coordinationRedis]) if (settings) await watch.collectRedis(settings);

      if (config.audit.database) await watch.collectDatabase(config.audit.database.url.reveal());
      await rm(directory, { recursive: true, force: true });
      if (watch.size < MIN_CANARIES) throw new Error('the secret watch has too few canaries');
      leaks.push(...watch.end());
    },
  };
}

function isSuccess({ status, text }: { readonly status: number; readonly text: string }): void {
  if (status >= 300) throw new Error(`the sandbox rejected the script: ${text}`);
}

/** The trail in a directory; with `mayBeTorn` without the last line of a file, which a crash may have cut. */
export async function readTrail(
  directory: string,
  { mayBeTorn = false } = {},
): Promise<readonly Record<string, unknown>[]> {
  const names = await readdir(directory).catch(() => []);
  const files = names.filter((name) => name.endsWith('.jsonl')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line, index, lines) => line !== '' && !(mayBeTorn && index === lines.length - 1))
      .map((line): Record<string, unknown> => JSON.parse(line)),
  );
}
