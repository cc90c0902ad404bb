import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startBrowser } from '../support/browser';
import { ROOT, textOf } from '../support/repository';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const run = promisify(execFile);
const MAX_TARBALL_BYTES = 64 * 1024;

const PROGRAM = `
const client = new Stagedoor({ baseUrl: process.env.STAGEDOOR_URL, apiKey: process.env.STAGEDOOR_KEY });
client.me().then(({ tenant }) => console.log(tenant));
`;

const PAGE_PROGRAM = `
const { isProblem, Stagedoor } = await import('/esm/client.js');
const { integrations } = new Stagedoor(OPTIONS);
const configuration = { allowedOrigins: ['acme.example'] };
const { integrationId } = await integrations.create('${HUBS.acme}', { channelId: 'WebChat', name: 'Web', configuration });
const patched = await integrations.patch(integrationId, { name: 'Page' }, { ifMatch: await integrations.get(integrationId) });
const names = [];
for await (const { name } of integrations.all({ pageSize: 1 }, { fresh: true })) names.push(name);
const error = await integrations.patch(integrationId, { name: 'Lost' }, { ifMatch: '"other"' }).catch((e) => e);
return { names, etag: patched.lastResponse.etag, isProblem: isProblem(error, 'precondition-failed') };
`;

/** What a program of a user looks like to the compiler; each line marked as an error has to be one. */
const TYPED_PROGRAM = `
import { isProblem, type Received, type Schemas, Stagedoor } from 'stagedoor/client';

export async function program(client: Stagedoor): Promise<string | undefined> {
  const created: Received<Schemas['Integration']> = await client.integrations.create('hub', {
    channelId: 'WebChat',
    name: 'Web',
    configuration: { allowedOrigins: ['acme.example'] },
  });
  // @ts-expect-error: no channel of Hubster
  await client.integrations.create('hub', { channelId: 'Fax', name: 'Fax', configuration: {} });
  // @ts-expect-error: not updated this way
  await client.integrations.patch(created.integrationId, { secrets: 1 });
  try {
    await client.integrations.patch(created.integrationId, { statusId: 3002 }, { ifMatch: created });
  } catch (error) {
    if (isProblem(error, 'name-taken', 'precondition-failed')) {
      const code: 'name-taken' | 'precondition-failed' = error.code;
      // @ts-expect-error: no code of Stagedoor
      isProblem(error, 'no-such-code');
      return code;
    }
    throw error;
  }
  for await (const { name } of client.integrations.all()) if (name !== undefined) return name;
  return undefined;
}
`;

interface PackReport {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

/** The tarball of the client alone, in a project that has nothing else. */
describe('the package', () => {
  let project: string;
  let packed: PackReport | undefined;
  let stagedoor: Stagedoor;
  let pages: Server;
  let origin: string;
  const stored = () => join(project, 'node_modules/stagedoor');
  const node = async (file: string): Promise<string> => {
    const env = { PATH: process.env['PATH'], STAGEDOOR_URL: stagedoor.url, STAGEDOOR_KEY: stagedoor.keyOf('acme-app') };
    return (await run(process.execPath, [join(project, file)], { env })).stdout.trim();
  };
  const pack = async (...args: readonly string[]): Promise<PackReport | undefined> => {
    const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', ...args], { cwd: ROOT });
    const [report]: readonly PackReport[] = JSON.parse(stdout);
    return report;
  };

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'stagedoor-project-'));
    packed = await pack('./dist/client', '--pack-destination', project);
    await writeFile(join(project, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${packed?.filename}`], { cwd: project });
    pages = createServer(({ url = '/' }, response) => {
      if (url === '/')
        return response.setHeader('content-type', 'text/html').end('<!doctype html><title>A page</title>');
      return createReadStream(join(stored(), new URL(url, 'http://localhost').pathname))
        .on('error', () => response.writeHead(404).end())
        .pipe(response.setHeader('content-type', 'text/javascript'));
    });
    await new Promise<void>((listening) => pages.listen(0, '127.0.0.1', listening));
    origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
    stagedoor = await startStagedoor({ env: { CORS_ORIGINS: origin } });
  }, 60_000);
  afterAll(async () => {
    pages.close();
    await stagedoor.close();
    await rm(project, { recursive: true });
  });

  it('is small, and has no dependency and no code of the service', async () => {
    const { dependencies, version } = JSON.parse(
      await run('cat', [join(stored(), 'package.json')]).then(({ stdout }) => stdout),
    );
    expect(dependencies).toBeUndefined();
    expect(version).toBe(JSON.parse(textOf('package.json')).version);
    expect(packed?.size).toBeLessThan(MAX_TARBALL_BYTES);
    const others = packed?.files
      .map(({ path }) => path)
      .filter((path) => !/^(esm|cjs)\/[\w-]+(\.generated)?(\.d\.ts|\.js|\.json)$/.test(path));
    expect(others?.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
  });

  it.each([
    ['a CommonJS program', 'program.cjs', `const { Stagedoor } = require('stagedoor/client');${PROGRAM}`],
    ['an ES module', 'program.mjs', `import { Stagedoor } from 'stagedoor/client';${PROGRAM}`],
  ])('works in %s', async (_name, file, text) => {
    await writeFile(join(project, file), text);
    expect(await node(file)).toBe('acme');
  });

  it.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['bundler', 'es2022'],
  ])(
    'has types for a strict program with moduleResolution %s',
    async (moduleResolution, module) => {
      const directory = join(project, moduleResolution);
      await mkdir(directory);
      const files = ['program.mts', 'program.cts'];
      for (const file of files) await writeFile(join(directory, file), TYPED_PROGRAM);
      const compilerOptions = {
        strict: true,
        exactOptionalPropertyTypes: true,
        target: 'es2022',
        lib: ['es2022', 'dom'],
        types: [],
        noEmit: true,
        module,
        moduleResolution,
      };
      await writeFile(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
      const { stdout } = await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', directory]).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe('');
    },
    60_000,
  );

  it('works in a page of a browser, without a bundler', async () => {
    const browser = await startBrowser();
    try {
      const page = await browser.context.newPage();
      await page.goto(origin);
      const options = { baseUrl: stagedoor.url, apiKey: stagedoor.keyOf('acme-app') };
      // A text, as the compiler of the tests would replace `import`.
      const seen = await page.evaluate(`(async () => {${PAGE_PROGRAM}})()`.replace('OPTIONS', JSON.stringify(options)));
      expect(seen).toEqual({ names: ['Page'], etag: expect.stringContaining('"'), isProblem: true });
    } finally {
      await browser.close();
    }
  }, 60_000);

  it('of the whole repository has every file that its exports and commands name', async () => {
    const { exports: exported, bin } = JSON.parse(textOf('package.json'));
    const report = await pack('--dry-run');
    const files = new Set(report?.files.map(({ path }) => path));
    const named = JSON.stringify([exported, bin]).match(/dist\/[\w/.-]+/g) ?? [];
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((path) => !files.has(path))).toEqual([]);
    expect([...files].filter((path) => /^(src|test)\/|\.map$/.test(path))).toEqual([]);
  });
});
