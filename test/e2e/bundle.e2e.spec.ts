import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ApiKey, makeApiKey } from '../../src/access/api-key';
import { SCOPES } from '../../src/context/caller';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox';
import { type ServiceProcess, startProcess } from '../support/service-process';
import { HUBS, SECRET_KEY } from '../support/stagedoor';

const ROOT = join(__dirname, '..', '..');
const BUNDLE = join(ROOT, 'dist', 'bundle');

/** Node's `hash` throws for this text: a fault within the service, at a place that is known. */
const BROKEN = 'broken-on-purpose';
const BREAKING = `const crypto = require('node:crypto');
const { hash } = crypto;
crypto.hash = (name, text, ...rest) => {
  if (String(text).includes('${BROKEN}')) throw new Error('on purpose');
  return hash(name, text, ...rest);
};`;

describe('the bundle that the image runs', () => {
  let directory: string;
  let sandbox: Sandbox;
  let service: ServiceProcess;
  let url: string;
  const [first, second] = [makeApiKey(), makeApiKey()];

  beforeAll(async () => {
    execFileSync('npm', ['run', '--silent', 'bundle'], { cwd: ROOT, stdio: 'pipe' });
    directory = await mkdtemp(join(tmpdir(), 'stagedoor-bundle-'));
    await writeFile(join(directory, 'breaking.cjs'), BREAKING);
    sandbox = await startSandbox();
    await writeTenants({ first });
    service = await startProcess('dist/bundle/dist/main.js', {
      PORT: '0',
      HOST: '127.0.0.1',
      HUBSTER_PORTAL_URL: sandbox.url,
      HUBSTER_IDENTITY_URL: sandbox.url,
      TENANTS_FILE: join(directory, 'tenants.yaml'),
      ACME_CLIENT_SECRET: sandbox.tenants[0]?.clientSecret ?? '',
      SECRET_KEY,
      LOG_FORMAT: 'json',
      NODE_OPTIONS: `--require ${join(directory, 'breaking.cjs')}`,
    });
    url = await service.listens();
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    await sandbox.close();
    await rm(directory, { recursive: true });
  });

  const writeTenants = (keys: Readonly<Record<string, ApiKey>>) => {
    const [acme] = sandbox.tenants;
    const hubster = { clientId: acme?.clientId, clientSecret: { env: 'ACME_CLIENT_SECRET' } };
    const callers = Object.entries(keys).map(([id, { hash }]) => ({
      id,
      keyHash: `sha256:${hash}`,
      tenants: ['acme'],
      scopes: [...SCOPES],
    }));
    return writeFile(join(directory, 'tenants.yaml'), stringify({ tenants: [{ id: 'acme', hubster }], callers }));
  };
  const request = (path: string, { key }: ApiKey) => fetch(url + path, { headers: { 'x-api-key': key.reveal() } });

  it('is ready, and reads from Hubster [S-835]', async () => {
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'ok' });
    const list = await request(`/api/v1/integrations/hubs/${HUBS.acme}/Direct`, first);
    expect([list.status, await list.json()]).toEqual([200, expect.any(Object)]);
  });

  it('reads a changed tenants file on SIGHUP, by its worker [S-835]', async () => {
    expect((await request('/api/v1/me', second)).status).toBe(401);
    await writeTenants({ first, second });
    service.process.kill('SIGHUP');
    await service.prints(/The tenants file was reloaded/);
    expect((await request('/api/v1/me', second)).status).toBe(200);
  });

  it('serves Swagger UI, its document as JSON and YAML, and the files of the pages [S-835]', async () => {
    const page = await (await fetch(`${url}/docs`)).text();
    const files = [...page.matchAll(/(?:src|href)="(?:\.\/)?((?:docs|assets)\/[^"]+|openapi\.\w+)"/g)].map(
      ([, file]) => file,
    );
    expect(files).toEqual(expect.arrayContaining(['docs/swagger-ui-bundle.js', 'openapi.yaml']));
    for (const file of files) {
      const response = await fetch(`${url}/${file}`);
      expect([file, response.status, (await response.text()).length]).toEqual([file, 200, expect.any(Number)]);
    }
  });

  it('names files and lines of src in stack traces, and no place of packages there [S-836]', async () => {
    const broken = await fetch(`${url}/api/v1/me`, { headers: { 'x-api-key': `sd_${BROKEN.padEnd(43, '-')}` } });
    expect(broken.status).toBe(500);
    const [, fault = ''] = await service.prints(/"fault":"([^"]+)"/);
    const [, line = '0'] = /at keyHash \(src\/access\/api-key\.ts:(\d+)\)/.exec(fault) ?? [];
    const source = await readFile(join(ROOT, 'src/access/api-key.ts'), 'utf8');
    expect(source.split('\n')[Number(line) - 1]).toContain("hash('sha256', key)");
    expect(fault).toMatch(/at hookIterator \(\S+\/dist\/main\.js:\d+:\d+\)/);
  });

  it('has a source map of our own files, the files that its programs read, and no other [S-837]', async () => {
    const files = await readdir(BUNDLE, { recursive: true });
    expect(await readdir(join(BUNDLE, 'node_modules'))).toEqual(['swagger-ui-dist']);
    expect(files.filter((file) => /\.([cm]?ts|spec\..*)$|^node_modules.*\.map$/.test(file))).toEqual([]);
    const { sources, sourcesContent } = JSON.parse(await readFile(join(BUNDLE, 'dist/main.js.map'), 'utf8'));
    expect(sources).toContain('src/service.ts');
    expect(sources.filter((source: string) => !source.startsWith('src/'))).toEqual([]);
    expect(sourcesContent).toBeUndefined();
    const main = await readFile(join(BUNDLE, 'dist/main.js'), 'utf8');
    expect(main.match(/\brequire_(typescript|express|multer)\b/)).toBeNull();
    expect(/[^\0-\x7f]/.test(main)).toBe(false);
    expect(await readFile(join(BUNDLE, 'LICENSES-OF-PACKAGES'), 'utf8')).toMatch(/^fastify \d\S+ \(MIT\)$/m);
  });

  it.each([
    [['key'], 0, /sd_[\w-]{43}/],
    [['check'], 0, /The configuration is valid/],
    [['audit', 'verify', 'nowhere'], 2, /SECRET_KEY/],
    [['migrate'], 2, /AUDIT_DATABASE_URL/],
    [['audit', 'retention'], 2, /AUDIT_DATABASE_URL/],
    [['version'], 0, /^stagedoor \d/],
  ])('has the command %j [S-837]', async (args, status, output) => {
    const program = await startProcess('dist/bundle/dist/cli/stagedoor.js', {}, { words: args });
    expect([await program.ended(), program.output()]).toEqual([status, expect.stringMatching(output)]);
  });
});
