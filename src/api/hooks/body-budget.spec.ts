import Fastify from 'fastify';
import { Problem } from '../../problems/problem';
import { BodyBudget } from './body-budget';

const KIB = 1024;
const FULL = 256 * KIB;

describe('BodyBudget', () => {
  it('holds 16 MiB of a tenant and 64 MiB in all, and gives every byte back', () => {
    const budget = new BodyBudget();
    const reserved = (tenant: string) =>
      Array.from({ length: 100 }, () => budget.reserve(tenant, FULL)).filter(Boolean);
    expect(['a', 'b', 'c', 'd', 'e'].map((tenant) => reserved(tenant).length)).toEqual([64, 64, 64, 64, 0]);
    expect(budget.bytes).toBe(64 * KIB * KIB);
    for (const tenant of ['a', 'b', 'c', 'd']) for (let one = 0; one < 64; one += 1) budget.release(tenant, FULL);
    expect(budget.bytes).toBe(0);
    expect(reserved('e')).toHaveLength(64);
  });

  it('counts bodies from before they are read until the response is out, of unknown length as the longest', async () => {
    const budget = new BodyBudget();
    const fastify = Fastify();
    fastify.decorateRequest('state');
    fastify.addHook('onRequest', async (request) => {
      request.state = { arrivedAt: 0, context: Object.assign(Object.create(null), { tenant: { id: 'acme' } }) };
    });
    budget.install(fastify);
    fastify.setErrorHandler((error, _request, reply) =>
      reply.status(error instanceof Problem ? error.status : 500).send(),
    );
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    fastify.post('/', async () => {
      await held;
      return 'done';
    });
    const url = await fastify.listen({ port: 0, host: '127.0.0.1' });
    const headers = { 'content-type': 'text/plain' };
    const chunked = () =>
      fetch(url, { method: 'POST', headers, body: new Blob(['x']).stream(), duplex: 'half' }).then(
        ({ status }) => status,
      );
    const short = () => fetch(url, { method: 'POST', headers, body: 'x' }).then(({ status }) => status);
    const gone = new AbortController();
    const aborted = fetch(url, { method: 'POST', headers, body: 'x', signal: gone.signal }).catch(() => 'aborted');
    const open = Array.from({ length: 63 }, chunked);
    while (budget.bytes < 63 * FULL + 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await chunked()).toBe(503);
    gone.abort();
    expect(await aborted).toBe('aborted');
    while (budget.bytes > 63 * FULL) await new Promise((resolve) => setImmediate(resolve));
    finish();
    expect(new Set(await Promise.all(open))).toEqual(new Set([200]));
    while (budget.bytes > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await short()).toBe(200);
    await fastify.close();
  });
});
