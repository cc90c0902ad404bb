const { spawnSync } = require('node:child_process');
const { existsSync, readdirSync } = require('node:fs');

/** Debian has the programs of PostgreSQL's server outside of the PATH. */
const POSTGRESQL = '/usr/lib/postgresql';
const postgresCommands = () =>
  existsSync(POSTGRESQL) ? readdirSync(POSTGRESQL).map((version) => `${POSTGRESQL}/${version}/bin/postgres`) : [];

/** Programs that the tests need beside Node: `commands` are tried in order, `apt` is the Debian package. */
const TOOLS = [
  { name: 'redis-server', commands: ['redis-server'], apt: 'redis-server' },
  {
    name: 'Chromium',
    commands: [process.env.CHROMIUM_PATH, 'chromium', 'chromium-browser', 'google-chrome'],
    apt: 'chromium',
    hint: 'or CHROMIUM_PATH set to one',
  },
  {
    name: 'PostgreSQL',
    get commands() {
      return ['postgres', ...postgresCommands()];
    },
    apt: 'postgresql',
  },
  { name: 'nginx', commands: ['nginx', '/usr/sbin/nginx'], apt: 'nginx-light', version: '-v' },
  { name: 'HAProxy', commands: ['haproxy', '/usr/sbin/haproxy'], apt: 'haproxy', version: '-v' },
  { name: 'Prometheus', commands: ['prometheus'], apt: 'prometheus' },
  { name: 'promtool', commands: ['promtool'], apt: 'prometheus' },
  // `kubectl version` needs a cluster.
  { name: 'kubectl', commands: ['kubectl'], apt: 'kubernetes-client', version: 'help' },
  { name: 'git', commands: ['git'], apt: 'git' },
  { name: 'curl', commands: ['curl'], apt: 'curl' },
];

/** Runs the command, as its file proves nothing: Ubuntu's chromium-browser is a stub that only names a snap. */
const isRunnable = (command, version = '--version') => spawnSync(command, [version], { stdio: 'ignore' }).status === 0;

const missingTools = () =>
  TOOLS.filter(({ commands, version }) => !commands.filter(Boolean).some((command) => isRunnable(command, version)));

/** Runs apt-get; its output is shown only if it fails. */
function aptGet(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr, error } = spawnSync('apt-get', args, { env, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status === 0) return true;
  console.error(error ? error.message : `${stdout}${stderr}`.trimEnd());
  return false;
}

function install(tools) {
  const packages = tools.map(({ apt }) => apt);
  console.error(`Installing what the tests need: ${packages.join(', ')}`);
  return aptGet('update') && aptGet('install', '-y', '--no-install-recommends', ...packages);
}

const canInstall = () => process.getuid?.() === 0 && isRunnable('apt-get');

let missing = missingTools();
if (missing.length > 0 && canInstall() && install(missing)) missing = missingTools();
if (missing.length > 0) {
  const wanted = missing.map(({ name, hint }) => (hint ? `${name} (${hint})` : name)).join(', ');
  const packages = missing.map(({ apt }) => apt).join(' ');
  console.error(`The tests need ${wanted}; on Debian: sudo apt-get install ${packages}`);
  process.exit(1);
}
