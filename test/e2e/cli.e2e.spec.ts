import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ROOT, textOf } from '../support/repository';

const STAGEDOOR = join(ROOT, 'dist/cli/stagedoor.js');
const SECRET_KEY = 'k'.repeat(32);

/** Runs the built command. Standard output and error are pipes. */
function stagedoor(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { PATH = '' } = process.env;
  return spawnSync(process.execPath, [STAGEDOOR, ...words], { encoding: 'utf8', env: { PATH, ...env } });
}

describe('the built command [S-830]', () => {
  it('writes results to standard output, and everything else to standard error', () => {
    expect(stagedoor(['version'])).toMatchObject({
      status: 0,
      stdout: `stagedoor ${JSON.parse(textOf('package.json')).version} (Node ${process.versions.node})\n`,
      stderr: '',
    });
    expect(stagedoor(['check'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^The conf/), stderr: '' });
    expect(stagedoor(['check'], { PORT: 'x' })).toMatchObject({ status: 1, stdout: '', stderr: expect.any(String) });
    expect(stagedoor(['chekc'])).toMatchObject({ status: 2, stdout: '' });
    expect(stagedoor(['migrate'])).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^AUDIT_D/) });
    expect(stagedoor(['audit', 'verify'])).toMatchObject({ status: 2, stdout: '' });
    expect(stagedoor(['audit', 'verify', 'nowhere'], { SECRET_KEY })).toMatchObject({ status: 6, stderr: '' });
  });

  it.each([['version'], ['--help'], ['audit', 'export', '--help'], ['chekc']])(
    'loads nothing but its own files and the library of commands for %s %s %s',
    (...words) => {
      const listing = `process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache))))`;
      const { stderr } = spawnSync(
        process.execPath,
        ['-e', `process.argv.splice(1, 0, ''); ${listing}; require(${JSON.stringify(STAGEDOOR)})`, '--', ...words],
        { encoding: 'utf8' },
      );
      const files: readonly string[] = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
      const others = files
        .map((file) => relative(ROOT, file))
        .filter(
          (file) =>
            !/^(dist\/cli\/[\w-]+|dist\/(config\/package-version|observability\/harden-process)|node_modules\/commander\/.+)\.js$/.test(
              file,
            ),
        );
      expect(files.length).toBeGreaterThan(3);
      expect(others).toEqual([]);
    },
  );

  it('has colours on a terminal only, and none with NO_COLOR', () => {
    expect(stagedoor(['--help']).stdout).not.toContain('\u001b');
    expect(stagedoor(['--help'], { FORCE_COLOR: '1' }).stdout).toContain('\u001b[1mUsage:');
    expect(stagedoor(['key', '--help'], { FORCE_COLOR: '1' }).stdout).toContain('\u001b[1mExit status:');
    expect(stagedoor(['--help'], { FORCE_COLOR: '1', NO_COLOR: '1' }).stdout).not.toContain('\u001b');
  });

  it.each(['--help', 'key', 'version', 'check'])('ends without a message when nobody reads it: %s', async (word) => {
    const child = spawn(process.execPath, [STAGEDOOR, word], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    let messages = '';
    child.stderr.on('data', (chunk) => {
      messages += chunk;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(messages).toBe('');
  });

  it('makes a key, shown once, with its line for the tenants file', () => {
    const { stdout, status } = stagedoor(['key']);
    const [key = '', ...others] = stdout.match(/sd_[\w-]+/g) ?? [];
    const [hash = ''] = stdout.match(/keyHash: sha256:\S+/) ?? [];
    expect([status, others]).toEqual([0, []]);
    expect(hash).toBe(`keyHash: sha256:${createHash('sha256').update(key).digest('hex')}`);
  });
});

describe('the scripts of npm', () => {
  it('that run a command never build', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(textOf('package.json'));
    const commands = [
      'stagedoor',
      'sandbox',
      'key',
      'config:check',
      'migrate',
      'audit:verify',
      'audit:export',
      'audit:retention',
    ];
    for (const name of commands) expect(scripts[name]).toMatch(/^(exec )?node src\/cli\/launch\.cjs( [a-z]+){0,2}$/);
  });

  it('name the command that builds, where nothing is built', async () => {
    const clone = await mkdtemp(join(tmpdir(), 'stagedoor-clone-'));
    await mkdir(join(clone, 'src/cli'), { recursive: true });
    const launcher = join(clone, 'src/cli/launch.cjs');
    await copyFile(join(ROOT, 'src/cli/launch.cjs'), launcher);
    const run = () => spawnSync(process.execPath, [launcher, 'key'], { encoding: 'utf8' });
    expect(run()).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'Stagedoor is not built: run `npm run build` first.\n',
    });
    await rm(clone, { recursive: true });
  });
});
