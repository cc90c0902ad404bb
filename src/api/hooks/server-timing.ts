import type { FastifyInstance } from 'fastify';

/**
 * `Server-Timing` (W3C) on every response, problems included, that needed a call to Hubster: the times of cache and Hubster in
 * milliseconds, and the number of attempts. Hits have none on either path.
 */
export function installServerTiming(fastify: FastifyInstance): void {
  fastify.addHook('onSend', ({ state }, reply, payload, done) => {
    const { attempts = 0, milliseconds = 0, cacheMilliseconds } = state.context?.stats ?? {};
    const cache = cacheMilliseconds === undefined ? '' : `cache;dur=${cacheMilliseconds.toFixed(1)}, `;
    if (attempts > 0) {
      reply.header('server-timing', `${cache}upstream;dur=${milliseconds.toFixed(1)}, attempts;desc="${attempts}"`);
    }
    done(null, payload);
  });
}
