import { Command, CommanderError } from 'commander';
import { packageVersion } from '../config/package-version';
import { COMMAND_HELP, type CommandName, helpBehindOptions, title } from './command-help';
import { CommandFailure, EXIT_USAGE } from './failure';
import { report } from './terminal';

const EXIT_FAILED = 1;

/** What is wrong with the arguments, by the code of commander. Its messages quote arguments, which may be secrets. */
const FAULTS: Readonly<Record<string, string>> = {
  'commander.unknownCommand': 'unknown command',
  'commander.unknownOption': 'unknown option',
  'commander.excessArguments': 'too many arguments',
  'commander.optionMissingArgument': 'an option has no value',
};
/** Behind a word that is not known, the last line of commander's message may name known ones that are similar. */
const SUGGESTION = /^\(Did you mean (?:one of )?([a-z, -]{1,80})\?\)$/;

/** Runs the command that the arguments name; resolves to the exit status. Failures are one line on standard error. */
export async function run(args: readonly string[]): Promise<number> {
  let status = 0;
  const program = createProgram(args, (ended) => {
    status = ended;
  });
  if (args.length === 0) {
    program.outputHelp();
    return status;
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    if (!(error instanceof CommandFailure)) return unexpected(error);
    report(error.message);
    return error.status;
  }
}

/** A message may quote anything. */
function unexpected(error: unknown): number {
  const name = error instanceof Error ? error.name : 'unknown';
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  report(`stagedoor failed: ${name}${code}.`);
  return EXIT_FAILED;
}

/** The commands. Each loads what it runs when it is called, so that `--help` and `version` load nothing else. */
function createProgram(args: readonly string[], onEnd: (status: number) => void): Command {
  const ends =
    <Values extends unknown[]>(work: (...values: Values) => Promise<number>) =>
    async (...values: Values) =>
      onEnd(await work(...values));

  const program = group(new Command('stagedoor'), args[0])
    .description('The guarded back entrance to Hubster’s Integrations API.')
    .version(versions(), '-v, --version', 'show the versions of Stagedoor and Node')
    .addHelpText(
      'after',
      '\nEach command has a --help. All variables are in docs/configuration.md; each may be\nNAME_FILE, the path of a file with its value.',
    );
  const add = (name: CommandName, parent = program): Command =>
    usageOf(parent.command(name.split(' ').at(-1) ?? name))
      .description(COMMAND_HELP[name].summary)
      .addHelpText('after', () => helpBehindOptions(name));
  const trail = ['[trail]', 'DIR, or postgres://…; without it as the environment says'] as const;

  add('start').action(async () => void (await import('../main.js')));
  add('sandbox').action(ends(async () => (await import('./commands/sandbox.command.js')).runSandbox()));
  add('key').action(ends(async () => (await import('./commands/key.command.js')).printKey()));
  add('check')
    .option('--connect', 'also connect to Redis, try each command that is used, and read version and eviction policy')
    .action(
      ends(async ({ connect = false }: { connect?: boolean }) =>
        (await import('./commands/check.command.js')).checkConfiguration(connect),
      ),
    );

  const audit = group(program.command('audit'), args[1]).description(
    'verify and export the audit trail, remove old parts',
  );
  add('audit verify', audit)
    .argument(...trail)
    .option(
      '--at-least <anchor>',
      'the trail has to have this line: CHAIN:SEQ or CHAIN:SEQ:HASH, as audit.checkpoint logs it; may be repeated',
      (anchor: string, others: readonly string[] = []) => [...others, anchor],
    )
    .action(
      ends(async (place: string | undefined, { atLeast = [] }: { atLeast?: readonly string[] }) =>
        (await import('./commands/audit-verify.command.js')).printVerification(place, atLeast),
      ),
    );
  add('audit export', audit)
    .argument(...trail)
    .option('--tenant <id>', 'only events of this tenant; default: all, and those without a tenant')
    .option('--from <time>', 'only events from this time on, such as 2026-11-01T00:00:00Z')
    .option('--to <time>', 'only events before this time')
    .action(
      ends(async (place: string | undefined, options: { tenant?: string; from?: string; to?: string }) =>
        (await import('./commands/audit-export.command.js')).exportEvents(place, options),
      ),
    );
  add('audit retention', audit).action(
    ends(async () => (await import('./commands/audit-retention.command.js')).dropExpired()),
  );
  add('migrate').action(ends(async () => (await import('./commands/migrate.command.js')).migrateSchema()));
  add('version').action(() => void process.stdout.write(`${versions()}\n`));
  return program;
}

const versions = (): string => `stagedoor ${packageVersion()} (Node ${process.versions.node})`;

/** A command of commands. An option behind an unknown command is no fault of its own. `word`: that in the place of the next command. */
function group(command: Command, word = ''): Command {
  return usageOf(command)
    .helpCommand('help [command]', 'show the help of a command')
    .allowUnknownOption(!word.startsWith('-'));
}

/** Wrong usage is one line, which quotes no argument. */
function usageOf(command: Command): Command {
  return command
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ styleTitle: title })
    .helpOption('-h, --help', 'show this help')
    .exitOverride((error) => {
      const fault = FAULTS[error.code];
      if (fault === undefined) throw error;
      const path = [command.parent?.parent, command.parent, command].flatMap((one) => one?.name() ?? []).join(' ');
      const [, similar] = SUGGESTION.exec(error.message.split('\n').at(-1) ?? '') ?? [];
      const suggestion = similar === undefined ? '.' : `; did you mean ${similar}?`;
      throw new CommandFailure(EXIT_USAGE, `${path}: ${fault}${suggestion} See ${path} --help.`);
    });
}
