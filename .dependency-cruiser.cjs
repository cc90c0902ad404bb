/** What each module of src may import besides itself. docs/architecture.md shows the table; a test compares the two. */
const ground = ['secrets', 'clock', 'problems', 'json'];
const middle = [...ground, 'config', 'context', 'observability'];
const firstFour = [...middle, 'channels', 'redis'];

const MODULES = {
  secrets: [],
  clock: [],
  problems: [],
  json: [],
  config: ground,
  context: ground,
  channels: ground,
  observability: [...ground, 'config', 'context'],
  network: ['config', 'secrets', 'clock'],
  redis: ['config', 'secrets', 'clock', 'json', 'observability'],
  cache: [...middle, 'redis'],
  audit: middle,
  idempotency: [...middle, 'redis'],
  access: [...middle, 'redis', 'network'],
  hubster: [...firstFour, 'network'],
  integrations: [...firstFour, 'hubster', 'cache', 'audit', 'idempotency'],
  webhooks: [...firstFour, 'integrations', 'audit'],
  api: [...firstFour, 'hubster', 'cache', 'audit', 'idempotency', 'access', 'integrations', 'webhooks'],
  cli: ['secrets', 'clock', 'json', 'config', 'context', 'observability', 'redis', 'audit', 'access', 'sandbox'],
  sandbox: [],
  client: [],
};

const folders = (modules) => `^src/(${modules.join('|')})/`;

/** The one file beside the modules that a module may import: `stagedoor start` starts the service. */
const BESIDE = { cli: '(?!main\\.ts$)' };

const moduleRule = ([name, others]) => ({
  name: `module-${name}`,
  comment: `${name} may import ${others.join(', ') || 'no other module'}`,
  severity: 'error',
  from: { path: folders([name]) },
  to: { path: `^src/${BESIDE[name] ?? ''}`, pathNot: folders([name, ...others]) },
});

module.exports = {
  forbidden: [
    ...Object.entries(MODULES).map(moduleRule),
    {
      name: 'module-unknown',
      comment:
        'every folder of src is a module of the table above; beside them are only main.ts, service.ts and app.module.ts',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [folders(Object.keys(MODULES)), '^src/(main|service|app\\.module)(\\.spec)?\\.ts$'],
      },
      to: {},
    },
    {
      name: 'sandbox-not-from-app',
      severity: 'error',
      from: { path: '^src/app\\.module' },
      to: { path: folders(['sandbox']) },
    },
    {
      name: 'client-not-from-service',
      comment: 'the client is for other programs: it is built and packed apart',
      severity: 'error',
      from: { path: '^src/', pathNot: folders(['client']) },
      to: { path: folders(['client']) },
    },
    {
      name: 'test-support-only-in-specs',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^test/' },
    },
    {
      name: 'specs-import-test-support-only',
      severity: 'error',
      from: { path: '^src/.+\\.spec\\.ts$' },
      to: { path: '^test/', pathNot: '^test/support/' },
    },
    {
      name: 'specs-are-not-imported',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '\\.spec\\.ts$' },
    },
    { name: 'circular', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'unresolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Imports of types count: a module that knows another's types knows that module.
    tsPreCompilationDeps: true,
  },
};
