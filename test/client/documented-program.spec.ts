import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, textOf } from '../support/repository';
import { startStagedoor } from '../support/stagedoor';

const run = promisify(execFile);

const COMPILER_OPTIONS = {
  strict: true,
  target: 'es2022',
  lib: ['es2022', 'dom'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
};

/** The first block of a Markdown text in a language. */
const blockOf = (markdown: string, language: string) =>
  new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(markdown)?.[1];

it('the program of docs/clients.md compiles and does what its comments say', async () => {
  const project = await mkdtemp(join(tmpdir(), 'stagedoor-documented-'));
  const stagedoor = await startStagedoor();
  try {
    await mkdir(join(project, 'node_modules'));
    await symlink(join(ROOT, 'dist/client'), join(project, 'node_modules/stagedoor'));
    await writeFile(join(project, 'program.mts'), blockOf(textOf('docs/clients.md'), 'ts') ?? '');
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
    const compiled = await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project]).catch(
      (error: { stdout: string }) => error,
    );
    expect(compiled.stdout).toBe('');

    const env = { STAGEDOOR_URL: stagedoor.url, STAGEDOOR_KEY: stagedoor.keyOf('acme-app') };
    const { stdout } = await run(process.execPath, [join(project, 'program.mjs')], { env });
    expect(stdout.split('\n')).toEqual([
      '********',
      '412 precondition-failed',
      'TwilioSMS Client support line (EU)',
      '',
    ]);
    const { body } = await stagedoor.as('acme-app').get('/api/v1/integrations').expect(200);
    expect(body.results).toEqual([]);
  } finally {
    await stagedoor.close();
    await rm(project, { recursive: true });
  }
}, 60_000);
