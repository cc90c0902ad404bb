import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { keyHash } from '../../src/access/api-key';
import { readConfig } from '../../src/config/environment/read-config';
import { loadTenants } from '../../src/config/tenants/load-tenants';
import { SCOPES } from '../../src/context/caller';
import { readEnvironment } from '../../src/sandbox/sandbox-environment';

const DOCKER = resolve(__dirname, '../../docker');

interface Service {
  readonly environment?: Record<string, string>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly user?: string;
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly interval: string };
  readonly deploy?: { readonly replicas: number };
}

interface Compose {
  readonly services: Record<'nginx' | 'postgres' | 'prometheus' | 'redis' | 'sandbox' | 'stagedoor', Service>;
  readonly secrets: Record<string, { readonly file: string }>;
}

const textOf = (file: string) => readFileSync(join(DOCKER, file), 'utf8');

const compose: Compose = parse(textOf('compose.yaml'), { merge: true });
const { nginx, postgres, prometheus, redis, sandbox, stagedoor } = compose.services;
const dockerfile = textOf('Dockerfile');

/** Reads a path of the container: a secret or a file that compose mounts into Stagedoor's. */
function readMounted(path: string): string {
  const secret = stagedoor.secrets?.find((name) => path === `/run/secrets/${name}`);
  if (secret) return textOf(compose.secrets[secret]?.file ?? '');
  const mount = stagedoor.volumes?.map((volume) => volume.split(':')).find(([, target]) => target === path);
  if (mount?.[0]) return textOf(mount[0]);
  throw new Error('Compose mounts no such file');
}

function tenantsOfStagedoor() {
  const { environment: env = {} } = stagedoor;
  const { tenants } = readConfig(env, { readFile: readMounted, isTerminal: false });
  if (tenants.kind !== 'file') throw new Error('Compose gives no tenants file');
  return loadTenants(tenants, { env, readFile: readMounted, scopes: SCOPES });
}

describe('docker/compose.yaml', () => {
  it('gives Stagedoor the very tenants that the sandbox has', () => {
    const stagedoors = tenantsOfStagedoor().tenants.map(({ id, hubster, hubs }) => ({
      name: id,
      clientId: hubster.clientId,
      clientSecret: hubster.clientSecret.reveal(),
      hubs: [...(hubs ?? [])],
    }));
    const sandboxes = readEnvironment(sandbox.environment ?? {}).tenants ?? [];

    expect(stagedoors.map(({ name }) => name)).toEqual(['acme', 'globex']);
    for (const { hubs, ...tenant } of stagedoors) {
      const twin = sandboxes.find(({ name }) => name === tenant.name);
      expect(twin).toMatchObject(tenant);
      expect(twin?.hubs).toEqual(expect.arrayContaining(hubs));
    }
  });

  it('gives Stagedoor the password that PostgreSQL has', () => {
    const url = new URL(stagedoor.environment?.['AUDIT_DATABASE_URL'] ?? '');
    expect(url.password).toBe(textOf('development/postgres-password.txt').trim());
  });

  it('knows callers by the keys that docker/README.md prints', () => {
    const printed = textOf('README.md').match(/\bsd_[\w-]+/g) ?? [];
    const hashes = tenantsOfStagedoor().callers.flatMap(({ keys }) => keys.map(({ hash }) => hash));

    expect(hashes).toHaveLength(2);
    expect(new Set(printed.map(keyHash))).toEqual(new Set(hashes));
  });

  it('says of every secret it holds that it is for development only', () => {
    const secrets = [
      ...Object.values(compose.secrets).map(({ file }) => textOf(file)),
      ...(readEnvironment(sandbox.environment ?? {}).tenants ?? []).map(({ clientSecret }) => clientSecret),
    ];

    expect(secrets.filter((secret) => !secret.startsWith('development-only-'))).toEqual([]);
  });

  it.each(Object.entries(compose.services))('hardens %s [S-838]', (_name, service) => {
    expect(service).toMatchObject({
      init: true,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });

  it('runs no image as root [S-838]', () => {
    // That of Stagedoor names a user itself.
    for (const service of [nginx, postgres, prometheus, redis]) expect(service.user).toMatch(/^(?!root|0)\w/);
    expect(dockerfile).toMatch(/^USER 1000:0$/m);
  });

  it('has two replicas with one trail, and a Redis that evicts nothing [S-838]', () => {
    expect(stagedoor).toMatchObject({ deploy: { replicas: 2 }, environment: { AUDIT_STORE: 'postgres' } });
    expect(redis.command).toEqual(expect.arrayContaining(['--maxmemory-policy', 'noeviction']));
    expect(textOf('nginx.conf')).toContain('server stagedoor:3000');
    const port = stagedoor.environment?.['MANAGEMENT_PORT'];
    expect(textOf('prometheus/prometheus.yml')).toContain(`port: ${port}`);
  });

  it('checks the health of every service each 5 s [S-838]', () => {
    const intervals = Object.entries(compose.services).map(([name, { healthcheck }]) => [name, healthcheck?.interval]);
    expect(intervals.filter(([, interval]) => interval !== '5s')).toEqual([['stagedoor', undefined]]);
    expect(dockerfile).toMatch(/^HEALTHCHECK --interval=5s /m);
  });
});

describe('docker/Dockerfile', () => {
  it('has the version of Node that .nvmrc has, in both of its stages [S-838]', () => {
    const bases = [...dockerfile.matchAll(/^FROM node:(\d+)-bookworm-slim\b/gm)].map(([, version]) => version);
    const nvmrc = readFileSync(join(DOCKER, '../.nvmrc'), 'utf8').trim();
    expect(bases).toEqual([nvmrc, nvmrc]);
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
  });

  it('runs the bundle without an inspector at SIGUSR1 [S-838]', () => {
    expect(dockerfile).toMatch(/^COPY --from=build \/app\/dist\/bundle \.\/$/m);
    expect(dockerfile).toMatch(/^CMD \["node", "--disable-sigusr1", "dist\/main\.js"\]$/m);
    expect(sandbox.command?.slice(0, 2)).toEqual(['node', '--disable-sigusr1']);
  });

  it('has the labels of OCI, three of them by arguments of the build [S-838]', () => {
    const labels = [...dockerfile.matchAll(/org\.opencontainers\.image\.(\w+)="([^"]+)"/g)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(Object.fromEntries(labels)).toEqual({
      title: 'Stagedoor',
      description: expect.stringContaining('backend-for-frontend'),
      licenses: 'Apache-2.0',
      version: '$VERSION',
      revision: '$REVISION',
      source: '$SOURCE',
    });
    for (const name of ['VERSION', 'REVISION', 'SOURCE']) expect(dockerfile).toMatch(new RegExp(`^ARG ${name}=`, 'm'));
  });
});
