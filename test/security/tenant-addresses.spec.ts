import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyHash } from '../../src/access/api-key';
import { json, StubServer } from '../support/hubster/stub-server';
import { type ServiceProcess, startProcess } from '../support/service-process';

const RELOADED = 'The tenants file was reloaded';
const ID = '3bc1e69f-c520-446f-ab2c-01751fd66a31';
const TENANTS = ['default', 'demo', 'other'] as const;
type Name = (typeof TENANTS)[number];

/** Each Hubster issues a token of its own. */
const tokenOf = (name: Name) => `portal-token-of-${name}-${'x7Kq2Zr'.repeat(3)}`;
const secretOf = (name: Name) => `b9Wm4Lc${TENANTS.indexOf(name)}Hv7RtKz3NxQ5sYd8`;
const keyOf = (name: Name) => `sd_${name.padEnd(43, 'k')}`;

describe('credentials and tokens of a tenant go to the Hubster of that tenant only [N2, S-810]', () => {
  let directory: string;
  let hubsters: Readonly<Record<Name, StubServer>>;
  let service: ServiceProcess;
  let url: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-addresses-'));
    hubsters = {
      default: await startHubster('default'),
      demo: await startHubster('demo'),
      other: await startHubster('other'),
    };
    await writeFile(join(directory, 'tenants.yaml'), tenantsFile({ demo: 'demo', other: 'other' }));
    const fallback = hubsters.default.url.href;
    const [demo, other] = [hubsters.demo.url.origin, hubsters.other.url.origin];
    service = await startProcess(
      'dist/main.js',
      {
        ...{ PORT: '0', HOST: '127.0.0.1', HUBSTER_PORTAL_URL: fallback, HUBSTER_IDENTITY_URL: fallback },
        ...{ HUBSTER_ALLOWED_ORIGINS: `${demo},${other}`, TENANTS_FILE: join(directory, 'tenants.yaml') },
        ...{ SECRET_KEY: 'T5nHk8WqYb2RxVj7MzCd4LfGs9PuEa6Xo3', LOG_FORMAT: 'pretty' },
        ...Object.fromEntries(TENANTS.map((name) => [`SECRET_OF_${name.toUpperCase()}`, secretOf(name)])),
      },
      { learnsFromHubster: false },
    );
    url = await service.listens();
  });
  afterAll(async () => {
    await service.stop();
    await Promise.all(TENANTS.map((name) => hubsters[name].close()));
    await rm(directory, { recursive: true });
  });

  function tenantsFile(places: Readonly<Partial<Record<Name, Name>>>): string {
    const tenants = TENANTS.map((name) => {
      const place = places[name];
      const at = place ? `, portalUrl: "${hubsters[place].url.href}", identityUrl: "${hubsters[place].url.href}"` : '';
      const secret = `{ env: SECRET_OF_${name.toUpperCase()} }`;
      // One client id, so that only the address distinguishes them.
      return `  - { id: ${name}, hubster: { clientId: client, clientSecret: ${secret}${at} } }`;
    });
    const callers = TENANTS.map(
      (name) =>
        `  - { id: ${name}, keyHash: "sha256:${keyHash(keyOf(name))}", tenants: [${name}], scopes: [integrations:read] }`,
    );
    return ['tenants:', ...tenants, 'callers:', ...callers, ''].join('\n');
  }

  const read = async (name: Name): Promise<unknown> => {
    const headers = { 'x-api-key': keyOf(name), 'cache-control': 'no-cache' };
    const response = await fetch(`${url}/api/v1/integrations/${ID}`, { headers });
    return response.status === 200 ? Object(await response.json()).name : response.status;
  };

  /** What each Hubster has received since the last call of `take`. */
  const take = () =>
    Object.fromEntries(TENANTS.map((name) => [name, JSON.stringify(hubsters[name].received.splice(0))] as const));

  it('while many tenants read at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const names = await Promise.all([...TENANTS, ...TENANTS].map(read));
      expect(names).toEqual([...TENANTS, ...TENANTS]);
    }
    expectSeparate(take(), (name) => name);
  });

  it('after two tenants have swapped addresses beside their reads, each with a token of its new Hubster', async () => {
    let isOver = false;
    const seen = new Set<unknown>();
    const reading = async () => {
      while (!isOver) for (const name of TENANTS) seen.add(await read(name));
    };
    const readers = [reading(), reading(), reading()];
    await writeFile(join(directory, 'tenants.yaml'), tenantsFile({ demo: 'other', other: 'demo' }));
    await service.prints(new RegExp(RELOADED));
    isOver = true;
    await Promise.all(readers);
    expect([...seen].sort()).toEqual([...TENANTS].sort());
    // No Hubster ever received a token that another one has issued, whoever the tenant was.
    for (const [name, received] of Object.entries(take())) {
      for (const other of TENANTS) if (other !== name) expect(received).not.toContain(tokenOf(other));
    }
    for (const name of TENANTS) await read(name);
    const swapped = { default: 'default', demo: 'other', other: 'demo' } as const;
    expect(await Promise.all(TENANTS.map(read))).toEqual(TENANTS.map((name) => swapped[name]));
    expectSeparate(take(), (name) => swapped[name]);
  });

  it('after an edit that names a host that is not allowed, as before the edit', async () => {
    const evil = await startHubster('other');
    const text = tenantsFile({ demo: 'other', other: 'demo' }).replaceAll(hubsters.demo.url.host, evil.url.host);
    await writeFile(join(directory, 'tenants.yaml'), text);
    await service.prints(/tenants\[2\]\.hubster\.portalUrl \(line 4\)/);
    expect(await read('other')).toBe('demo');
    expect(evil.received).toEqual([]);
    await evil.close();
  });
});

/** Every Hubster has received the secret and its own token for its tenant, and none of the others. */
function expectSeparate(received: Readonly<Record<string, string>>, hubsterOf: (tenant: Name) => Name): void {
  for (const tenant of TENANTS) {
    for (const hubster of TENANTS) {
      if (hubster === hubsterOf(tenant)) {
        expect(received[hubster]).toContain(tokenOf(hubster));
        continue;
      }
      expect(received[hubster]).not.toContain(secretOf(tenant));
      expect(received[hubster]).not.toContain(tokenOf(hubsterOf(tenant)));
    }
  }
}

async function startHubster(name: Name): Promise<StubServer> {
  const hubster = await StubServer.start();
  hubster.identity = json(200, { access_token: tokenOf(name), expires_in: 3600, token_type: 'Bearer' });
  hubster.portal = [
    json(200, {
      ...{ integrationId: ID, hubId: '7d5a1c40-8e7b-4a54-9c7e-5f0b2d9e4a01', integrationTypeId: 'Customer' },
      ...{ channelId: 'WebChat', name, statusId: 3000, configuration: { allowedOrigins: ['localhost'] } },
    }),
  ];
  return hubster;
}
