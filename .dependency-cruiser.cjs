/** What each room of src may import besides itself: the only place that says so. */
const ground = ['secrets', 'clock', 'problems', 'json'];
const middle = [...ground, 'config', 'context', 'observability'];
const firstFour = [...middle, 'channels', 'redis'];

const ROOMS = {
  secrets: [],
  clock: [],
  problems: [],
  json: [],
  config: ground,
  context: ground,
  channels: ground,
  observability: [...ground, 'config', 'context'],
  redis: ['config', 'secrets', 'clock', 'json', 'observability'],
  cache: [...middle, 'redis'],
  audit: [...middle, 'redis'],
  idempotency: [...middle, 'redis'],
  access: [...middle, 'redis'],
  hubster: [...middle, 'channels'],
  integrations: [...firstFour, 'hubster', 'cache', 'audit', 'idempotency'],
  webhooks: [...firstFour, 'integrations', 'audit'],
  api: [...firstFour, 'hubster', 'cache', 'audit', 'idempotency', 'access', 'integrations', 'webhooks'],
  sandbox: [],
};

const folders = (rooms) => `^src/(${rooms.join('|')})/`;

const roomRule = ([room, others]) => ({
  name: `room-${room}`,
  comment: `${room} may import ${others.join(', ') || 'no other room'}`,
  severity: 'error',
  from: { path: folders([room]) },
  to: { path: '^src/', pathNot: folders([room, ...others]) },
});

module.exports = {
  forbidden: [
    ...Object.entries(ROOMS).map(roomRule),
    {
      name: 'room-unknown',
      comment:
        'every folder of src stands in the table above; beside them there are only main.ts, service.ts and app.module.ts',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [folders(Object.keys(ROOMS)), '^src/(main|service|app\\.module)(\\.spec)?\\.ts$'],
      },
      to: {},
    },
    {
      name: 'sandbox-only-from-main',
      severity: 'error',
      from: { path: '^src/app\\.module' },
      to: { path: folders(['sandbox']) },
    },
    {
      name: 'test-support-only-in-specs',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$|/testing/' },
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
    // Imports of types count: a room that knows another's types knows the other room.
    tsPreCompilationDeps: true,
  },
};
