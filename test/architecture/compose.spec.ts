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
}

interface Compose {
  readonly services: Record<'stagedoor' | 'redis' | 'sandbox', Service>;
  readonly secrets: Record<string, { readonly file: string }>;
}

const textOf = (file: string) => readFileSync(join(DOCKER, file), 'utf8');

const compose: Compose = parse(textOf('compose.yaml'), { merge: true });
const { stagedoor, sandbox } = compose.services;

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

  it.each(Object.entries(compose.services))('hardens %s', (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });
});
