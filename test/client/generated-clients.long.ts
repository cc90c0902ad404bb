import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/repository';
import { HUBS, type Stagedoor, startStagedoor } from '../support/stagedoor';

const run = promisify(execFile);
const PROGRAMS = join(ROOT, 'test/client/generated-clients');
const MINUTES = 60_000;

/** The newest versions that run on Node 20. Nothing of them is in the repository's own packages. */
const PACKAGES = [
  ...['openapi-typescript@7.13.0', 'openapi-fetch@0.17.0', '@hey-api/openapi-ts@0.95.0', 'orval@7.13.2', 'axios@1'],
  ...['core', 'cli', 'plugin-oas', 'plugin-ts', 'plugin-client'].map((name) => `@kubb/${name}@4.39.3`),
  ...['typescript@5.9', '@types/node@20'],
];

/** How each writes `generated` from `openapi.yaml`. */
const GENERATORS = {
  'openapi-typescript': 'openapi-typescript openapi.yaml -o generated/stagedoor.ts',
  'hey-api': 'openapi-ts',
  orval: 'orval --input ./openapi.yaml --output ./generated/stagedoor.ts --client fetch',
  kubb: 'kubb generate --config kubb.config.mjs',
};

/** Configurations where the command line has no option. Node needs the endings of files in imports. */
const CONFIGURATIONS = {
  'openapi-ts.config.mjs':
    "export default { input: 'openapi.yaml', output: { path: 'generated', module: { extension: '.js' } } };",
  'kubb.config.mjs': [
    "import { pluginClient } from '@kubb/plugin-client';",
    "import { pluginOas } from '@kubb/plugin-oas';",
    "import { pluginTs } from '@kubb/plugin-ts';",
    "const output = { path: './generated' };",
    'const plugins = [pluginOas(), pluginTs(), pluginClient({ bundle: true })];',
    "export default { root: '.', input: { path: './openapi.yaml' }, output, plugins };",
  ].join('\n'),
};

const COMPILER_OPTIONS = {
  strict: true,
  target: 'es2022',
  module: 'es2022',
  moduleResolution: 'bundler',
  lib: ['es2023', 'dom', 'dom.iterable'],
  rewriteRelativeImportExtensions: true,
  skipLibCheck: true,
  types: ['node'],
  outDir: 'built',
  rootDir: '.',
};

/** What each program prints. */
const EXPECTED = {
  created: ['TwilioSMS', 'Messenger', 'WebChat', 'Direct', 'System', 'Slack'],
  updated: expect.objectContaining({ allowedOrigins: ['acme.example', 'www.acme.example'] }),
  paged: expect.arrayContaining(['TwilioSMS', 'Messenger', 'WebChat', 'Direct', 'System', 'Slack']),
  conflict: 'name-taken',
};

describe('a generated client, strict and without a cast', () => {
  let workshop: string;
  let stagedoor: Stagedoor;

  beforeAll(async () => {
    workshop = await mkdtemp(join(tmpdir(), 'stagedoor-generators-'));
    await writeFile(join(workshop, 'package.json'), '{"private":true,"type":"module"}');
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--no-save'];
    await run('npm', ['install', ...options, ...PACKAGES], { cwd: workshop });
  }, 10 * MINUTES);
  beforeEach(async () => {
    stagedoor = await startStagedoor();
  });
  afterEach(() => stagedoor.close());
  afterAll(() => rm(workshop, { recursive: true }));

  it.each(Object.entries(GENERATORS))(
    'of %s creates six channels, updates one, pages, and handles a conflict',
    async (name, command) => {
      const project = join(workshop, name);
      await mkdir(project);
      await copyFile(join(ROOT, 'docs/openapi.yaml'), join(project, 'openapi.yaml'));
      await copyFile(join(PROGRAMS, `${name}.ts`), join(project, 'program.ts'));
      await copyFile(join(PROGRAMS, 'six-channels.ts'), join(project, 'six-channels.ts'));
      for (const [file, text] of Object.entries(CONFIGURATIONS)) await writeFile(join(project, file), text);
      await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
      const program = await readFile(join(project, 'program.ts'), 'utf8');
      expect(program).not.toMatch(/\bas (?!default)|<any>|: any|@ts-|!\./);

      const [tool = '', ...args] = command.split(' ');
      const env = { ...process.env, CI: '1' };
      await run(join(workshop, 'node_modules/.bin', tool), args, { cwd: project, env });
      const compiled = await run(join(workshop, 'node_modules/.bin/tsc'), ['-p', project]).catch((error) => error);
      expect(compiled.stdout).toBe('');
      const variables = { STAGEDOOR_URL: stagedoor.url, STAGEDOOR_KEY: stagedoor.keyOf('acme-app'), HUB: HUBS.acme };
      const { stdout } = await run(process.execPath, ['built/program.js'], { cwd: project, env: variables });
      expect(JSON.parse(stdout)).toEqual(EXPECTED);
    },
    10 * MINUTES,
  );
});
