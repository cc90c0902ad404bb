import { CONFIG_VARIABLES } from '../config/environment/variables';
import { COMMAND_HELP, statusesOf } from './command-help';
import { run } from './program';

const SECRET = 'postgres://somebody:a-password@127.0.0.1/trail';
const NAMES = Object.keys(COMMAND_HELP) as (keyof typeof COMMAND_HELP)[];

/** Runs the command here; resolves to its exit status and all that it has written. */
async function runHere(...args: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
  const written: string[] = [];
  const streams = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation((text) => Boolean(written.push(String(text)))),
  );
  try {
    return { status: await run(args), output: written.join('') };
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
}

describe('stagedoor [S-830]', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('shows every command with %j', async (args) => {
    const { status, output } = await runHere(...args);
    expect(status).toBe(0);
    for (const name of NAMES) expect(output).toMatch(new RegExp(`^ {2}${name.split(' ')[0]} `, 'm'));
  });

  it.each(NAMES)('%s --help has a summary, exit statuses and an example, in lines of a terminal', async (name) => {
    const { status, output } = await runHere(...name.split(' '), '--help');
    const { summary, example } = COMMAND_HELP[name];
    expect(status).toBe(0);
    expect(output).toMatch(new RegExp(`^Usage: stagedoor ${name}\\b`));
    expect(output).toContain(`\n${summary}\n`);
    for (const [status, meaning] of statusesOf(name))
      expect(output).toMatch(new RegExp(`^ {2}${status} +${meaning}$`, 'm'));
    expect(output).toContain(`Example:\n  ${example}\n`);
    const lines = output.split('\n').filter((line) => !line.includes(example));
    expect(lines.filter((line) => line.length > 84)).toEqual([]);
  });

  it.each(NAMES)('%s --help names variables that exist', (name) => {
    const known = Object.keys(CONFIG_VARIABLES);
    const own = name === 'sandbox' ? ['SANDBOX_TENANTS'] : [];
    expect(Object.keys(COMMAND_HELP[name].environment).filter((one) => ![...known, ...own].includes(one))).toEqual([]);
  });
});

describe('wrong usage of stagedoor [S-831]', () => {
  it.each([
    [['chekc'], 'stagedoor: unknown command; did you mean check? See stagedoor --help.'],
    [['chekc', '--connect'], 'stagedoor: unknown command; did you mean check? See stagedoor --help.'],
    [['audit', 'verfy'], 'stagedoor audit: unknown command; did you mean verify? See stagedoor audit --help.'],
    [['--verison'], 'stagedoor: unknown option; did you mean --version? See stagedoor --help.'],
    [['check', '--conect'], 'stagedoor check: unknown option; did you mean --connect? See stagedoor check --help.'],
    [['start', '--port', '1'], 'stagedoor start: unknown option. See stagedoor start --help.'],
    [['key', 'billing'], 'stagedoor key: too many arguments. See stagedoor key --help.'],
    [
      ['audit', 'export', '--tenant'],
      'stagedoor audit export: an option has no value. See stagedoor audit export --help.',
    ],
  ])('%j is one line with what was meant', async (args, line) => {
    expect(await runHere(...args)).toEqual({ status: 2, output: `${line}\n` });
  });

  it.each([
    [[SECRET]],
    [[`--${SECRET}`]],
    [['check', SECRET]],
    [['check', `--url=${SECRET}`]],
    [['check', `--conect=${SECRET}`]],
    [['audit', SECRET]],
    [['audit', `--${SECRET}`]],
    [['audit', 'verify', '--at-least', SECRET, 'nowhere']],
    [['audit', 'verify', SECRET, SECRET]],
    [['audit', 'export', 'nowhere', '--from', SECRET]],
    [['migrate', SECRET]],
    [[`(Did you mean ${SECRET}?)`]],
    [['help', SECRET]],
  ])('%j is never echoed [N1]', async (args) => {
    const { status, output } = await runHere(...args);
    expect(status).toBe(2);
    expect(output).not.toBe('');
    expect(output).not.toMatch(/somebody|password/);
  });

  it.each([['audit'], ['help', 'nothing']])('shows the commands for %s without a known one', async (...args) => {
    const { status, output } = await runHere(...args);
    expect(status).toBe(2);
    expect(output).toContain('Usage: stagedoor');
  });
});
