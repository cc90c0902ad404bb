/** What `--help` says of a command behind its arguments and options. docs/operations.md has the same statuses; a test compares them. */
interface CommandHelp {
  /** One line. */
  readonly summary: string;
  readonly details?: string;
  /** The variables that matter, each with what for. */
  readonly environment: Readonly<Record<string, string>>;
  /** Without 2, which is wrong usage, unless it is more than that. */
  readonly statuses: Readonly<Record<string, string>>;
  readonly example: string;
}

const LINE_LENGTH = 80;

const TRAIL = {
  AUDIT_DATABASE_URL: 'the database of the trail, where no DIR is given; keeps the password off the command line',
  AUDIT_DATABASE_CA: 'the certificates that the one of the database is checked against',
  AUDIT_DIR: 'the directory of the trail, where there is neither DIR nor a database',
};
const DATABASE = {
  AUDIT_DATABASE_URL: TRAIL.AUDIT_DATABASE_URL.replace(', where no DIR is given', ''),
  AUDIT_DATABASE_CA: TRAIL.AUDIT_DATABASE_CA,
};

/** Every command by its words. */
export const COMMAND_HELP = {
  start: {
    summary: 'start the service; without configuration as a demo',
    details:
      'SIGTERM, SIGINT and SIGQUIT stop it in order, and a second one ends it at once. SIGHUP reads the tenants file again. SIGUSR2 ' +
      'changes the log level: to debug, to trace, and back. SIGUSR1 does nothing.',
    environment: {
      TENANTS_FILE: 'the tenants and callers',
      HUBSTER_PORTAL_URL: 'Hubster’s portal API',
      HUBSTER_IDENTITY_URL: 'Hubster’s identity service',
      SECRET_KEY: 'every key of Stagedoor is derived from this one',
      REDIS_URL: 'shares cache, limits and idempotency between replicas',
      PORT: 'the port that callers connect to; default 3000',
    },
    statuses: {
      0: 'stopped in order',
      1: 'did not start or did not stop in time',
      '130, 131, 143': 'ended by a second signal',
    },
    example: 'NODE_ENV=production TENANTS_FILE=tenants.yaml SECRET_KEY_FILE=secret-key stagedoor start',
  },
  sandbox: {
    summary: 'start a stand-in for Hubster, for tests',
    environment: {
      SANDBOX_HOST: 'the address to listen on; default 127.0.0.1',
      SANDBOX_PORT: 'the port; 0: a free one; default 3001',
      SANDBOX_QUIRKS: 'on or off: whether it has Hubster’s inconsistencies; default on',
      SANDBOX_TENANTS: 'tenants as a JSON array, or the path of a file with one',
    },
    statuses: { 0: 'stopped', 1: 'did not start' },
    example: 'SANDBOX_QUIRKS=off stagedoor sandbox',
  },
  key: {
    summary: 'make an API key, shown this once, with its line for the tenants file',
    environment: {},
    statuses: { 0: 'made' },
    example: '(umask 077; stagedoor key > api-key)',
  },
  check: {
    summary: 'check environment and tenants file, with every fault, and start nothing',
    environment: {
      TENANTS_FILE: 'the tenants and callers',
      REDIS_URL: 'the Redis that --connect tries',
      REDIS_COORDINATION_URL: 'the second Redis that --connect tries',
    },
    statuses: { 0: 'valid', 1: 'invalid', 3: 'Redis cannot be used', 4: 'Redis lacks something' },
    example: 'TENANTS_FILE=tenants.yaml stagedoor check --connect',
  },
  'audit verify': {
    summary: 'verify that nobody has changed or cut the audit trail',
    environment: {
      SECRET_KEY: 'the key that the trail was written with',
      SECRET_KEY_PREVIOUS: 'the other key of a rotation',
      ...TRAIL,
      AUDIT_CHECKPOINTS: 'the directory of checkpoints; default checkpoints in the directory of the trail',
    },
    statuses: {
      0: 'ok',
      1: 'tampered',
      2: 'wrong usage, or the trail cannot be read',
      3: 'torn-tail',
      4: 'unanchored-tail',
      5: 'unknown-key',
      6: 'no-trail',
    },
    example: 'SECRET_KEY_FILE=secret-key stagedoor audit verify data/audit',
  },
  'audit export': {
    summary: 'write the events of the audit trail as lines of JSON, newest first',
    details:
      'The lines are those that GET /api/v1/audit/events sends as application/x-ndjson. Reading them here leaves no record, and does not ' +
      'verify them.',
    environment: TRAIL,
    statuses: { 0: 'exported', 1: 'the trail cannot be read', 6: 'no-trail' },
    example: 'stagedoor audit export data/audit --tenant acme --from 2026-11-01T00:00:00Z | gzip > acme.ndjson.gz',
  },
  'audit retention': {
    summary: 'drop the expired months of the audit trail in PostgreSQL',
    details:
      'Months that ended before AUDIT_RETENTION, and only those that the trail itself calls expired. Run it once a day, with the role of ' +
      'the retention. A trail in files needs no command: the service removes what has expired.',
    environment: { ...DATABASE, AUDIT_RETENTION: 'how long records are kept; default 400d' },
    statuses: { 0: 'done', 1: 'failed: run it again' },
    example: 'AUDIT_DATABASE_URL_FILE=retention-url stagedoor audit retention',
  },
  migrate: {
    summary: 'bring the schema of the audit trail in PostgreSQL up to date',
    details: 'Also creates the partitions of the next months. Its role owns the schema, or may create it.',
    environment: DATABASE,
    statuses: { 0: 'up to date', 1: 'failed' },
    example: 'AUDIT_DATABASE_URL_FILE=owner-url stagedoor migrate',
  },
  version: {
    summary: 'show the versions of Stagedoor and Node',
    environment: {},
    statuses: { 0: 'shown' },
    example: 'stagedoor version',
  },
} as const satisfies Readonly<Record<string, CommandHelp>>;

export type CommandName = keyof typeof COMMAND_HELP;

/** The exit statuses of a command, in their order. */
export function statusesOf(name: CommandName): readonly (readonly [status: string, meaning: string])[] {
  return Object.entries({ 2: 'wrong usage', ...COMMAND_HELP[name].statuses });
}

/** The part of `--help` behind the options. */
export function helpBehindOptions(name: CommandName): string {
  const { details, environment, example }: CommandHelp = COMMAND_HELP[name];
  const sections = [
    ...(details === undefined ? [] : [wrapped(details)]),
    ...table('Environment', Object.entries(environment)),
    ...table('Exit status', statusesOf(name)),
    `${title('Example:')}\n  ${example}`,
  ];
  return `\n${sections.join('\n\n')}\n`;
}

/** Bold, where the output has colours. */
export const title = (text: string): string => `\u001b[1m${text}\u001b[22m`;

function table(heading: string, rows: readonly (readonly [name: string, text: string])[]): readonly string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([name]) => name.length)) + 4;
  const lines = rows.map(([name, text]) => {
    const indented = wrapped(text, LINE_LENGTH - width).replaceAll('\n', `\n${' '.repeat(width)}`);
    return `  ${name}`.padEnd(width) + indented;
  });
  return [[title(`${heading}:`), ...lines].join('\n')];
}

function wrapped(text: string, length = LINE_LENGTH): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > length) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.join('\n');
}
