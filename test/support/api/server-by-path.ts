import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { problemOf } from '../../../src/api/response/problem.filter';
import { Secret } from '../../../src/secrets/secret';

/** Resolves once the work that is ready has run. */
export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A server without routes. The path of a request names tenant and caller, `/tenant/caller`; a tenant `own…` has a portal token. */
export function serverByPath(options: FastifyServerOptions): FastifyInstance {
  const fastify: FastifyInstance = Fastify(options);
  fastify.decorateRequest('state');
  fastify.addHook('onRequest', async (request) => {
    const [, tenant = '', caller = ''] = request.url.split('/');
    const credentials = tenant.startsWith('own') ? { portalToken: Secret.of(tenant) } : {};
    const owner = { tenant: { id: tenant, credentials }, caller: { id: caller } };
    const context = Object.assign(Object.create(null), owner);
    request.state = {
      headers: [],
      address: '',
      route: '/',
      declaration: undefined,
      arrivedAt: 0,
      callerContext: context,
      context,
    };
  });
  fastify.setErrorHandler((error, _request, reply) => reply.status(problemOf(error).status).send());
  return fastify;
}
