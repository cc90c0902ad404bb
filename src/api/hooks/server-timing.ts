import type { FastifyInstance } from 'fastify';

/**
 * `Server-Timing` (W3C) on every answer that Hubster was asked for, problems too: how long the cache and Hubster took, and in how
 * many attempts. Hits have none, from whichever path they come.
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
