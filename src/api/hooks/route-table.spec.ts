import Fastify from 'fastify';
import { RouteTable } from './route-table';

const handler = async () => 'here';

/** A server and its table, filled as the request hook does it. */
async function served() {
  const table = new RouteTable();
  const fastify = Fastify();
  fastify.addHook('onRoute', (route) => table.add(route));
  fastify.get('/api/v1/integrations', handler);
  fastify.route({ method: ['GET', 'PATCH', 'DELETE'], url: '/api/v1/integrations/:integrationId', handler });
  fastify.post('/api/v1/integrations/hubs/:hubId', handler);
  fastify.get('/openapi.json', handler);
  fastify.get('/docs/*', handler);
  await fastify.ready();
  return { table, fastify };
}

describe('RouteTable', () => {
  it.each([
    ['/api/v1/integrations', ['GET', 'HEAD', 'OPTIONS']],
    ['/api/v1/integrations/x', ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH']],
    ['/api/v1/integrations/hubs/x', ['OPTIONS', 'POST']],
    ['/docs/a/b.js', ['GET', 'HEAD', 'OPTIONS']],
    ['/openapi.json', ['GET', 'HEAD', 'OPTIONS']],
  ])('returns the verbs of %s', async (path, methods) => {
    expect((await served()).table.methodsOf(path)).toEqual(methods);
  });

  it.each(['/', '/api/v1', '/api/v1/integrations/hubs/x/y', '/openapixjson', '/API/v1/integrations', '/nothing'])(
    'returns no verbs of %s [S-001]',
    async (path) => {
      expect((await served()).table.methodsOf(path)).toEqual([]);
    },
  );

  it('agrees with the router: no path is 405 for a verb that is served, or has a verb in Allow that is not', async () => {
    const { table, fastify } = await served();
    const paths = [
      '/api/v1/integrations',
      '/api/v1/integrations/',
      '/api/v1/integrations/x',
      '/api/v1/integrations/x/',
    ];
    for (const path of [...paths, '/openapi.json/', '/docs/', '/docs', '/api/v1/integrations/hubs/']) {
      const isThere = (await fastify.inject({ method: 'GET', url: path })).statusCode === 200;
      expect([path, table.methodsOf(path).includes('GET')]).toEqual([path, isThere]);
    }
  });

  it('lists routes with their declarations', () => {
    const table = new RouteTable();
    const declaration = { access: 'public', because: 'a test', isManagement: false } as const;
    table.add({ method: ['GET', 'HEAD'], url: '/a', handler, config: { declaration } });
    table.add({ method: 'POST', url: '/b', handler });
    expect(table.routes).toEqual([
      { url: '/a', methods: ['GET', 'HEAD'], declaration },
      { url: '/b', methods: ['POST'], declaration: undefined },
    ]);
  });
});
