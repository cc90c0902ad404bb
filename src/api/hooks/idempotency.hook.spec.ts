import Fastify from 'fastify';
import { ManualClock } from '../../../test/support/manual-clock';
import { Idempotency, type Run } from '../../idempotency/idempotency';
import { MemoryIdempotencyStore } from '../../idempotency/memory-idempotency-store';
import { Secret } from '../../secrets/secret';
import { SecretKeys } from '../../secrets/secret-keys';
import { IdempotentWrites } from './idempotency.hook';

describe('IdempotentWrites', () => {
  /** A server whose one write runs under a key. */
  function server(run: Run) {
    const fastify = Fastify();
    fastify.decorateRequest('state');
    fastify.addHook('onRequest', async (request) => {
      request.state = { headers: [], address: '', route: '/', declaration: undefined, arrivedAt: 0, run };
    });
    const clock = new ManualClock();
    const keys = new SecretKeys(Secret.of('k'.repeat(32)));
    new IdempotentWrites(new Idempotency(new MemoryIdempotencyStore(clock), [keys], clock)).install(fastify);
    fastify.post('/', async () => ({ done: true }));
    return fastify;
  }

  it('sends no response before it is stored, so that a caller with the response can rely on it', async () => {
    const order: string[] = [];
    const stored = async (): Promise<void> => {
      await new Promise(setImmediate);
      order.push('stored');
    };
    const fastify = server({
      ...{ isRepeat: false, completed: stored, rejected: stored, unknown: stored, failed: stored },
    });
    const response = await fastify.inject({ method: 'POST', url: '/' });
    order.push('sent');
    expect(response.json()).toEqual({ done: true });
    expect(order).toEqual(['stored', 'sent']);
  });
});
