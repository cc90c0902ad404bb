import type { FastifyInstance, FastifyRequest } from 'fastify';
import { serverByPath, tick } from '../../../test/support/api/server-by-path';
import { openRawSocket, requestHead } from '../../../test/support/raw-socket';
import { BodyBudget } from './body';

const KIB = 1024;
const LONGEST = 'x'.repeat(256 * KIB);

/** A server whose handler waits. */
describe('BodyBudget [N2]', () => {
  let budget: BodyBudget;
  let fastify: FastifyInstance;
  let url: string;
  let finish: () => void;
  let handled: number;

  beforeEach(async () => {
    budget = new BodyBudget();
    handled = 0;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    fastify = serverByPath({ forceCloseConnections: true });
    fastify.removeAllContentTypeParsers();
    budget.install(fastify);
    fastify.addContentTypeParser('*', (request: FastifyRequest) => budget.receive(request));
    fastify.post('/*', async () => {
      handled += 1;
      await finished;
      return 'done';
    });
    url = await fastify.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => fastify.close());

  const post = async (path: string, body = LONGEST, signal = new AbortController().signal): Promise<number> => {
    const headers = { 'content-type': 'text/plain' };
    return (await fetch(`${url}${path}`, { method: 'POST', headers, body, signal })).status;
  };
  /** Sends bodies until one is rejected, and resolves to how many were accepted. */
  const fill = async (path: string): Promise<number> => {
    for (let count = 0; ; count += 1) {
      const before = handled;
      let status = 0;
      void post(path).then((received) => {
        status = received;
      });
      while (handled === before && status === 0) await tick();
      if (status !== 0) return count;
    }
  };

  it('charges nothing for an announced length: no number of silent bodies rejects another request', async () => {
    const head = requestHead(
      'POST /acme/verifier HTTP/1.1',
      'Host: x',
      'Content-Type: text/plain',
      'Content-Length: 262144',
    );
    const silent = await Promise.all(Array.from({ length: 100 }, () => openRawSocket(url)));
    for (const { socket } of silent) socket.write(head);
    const written = post('/acme/writer');
    while (handled === 0) await tick();
    expect(budget.bytes).toBe(256 * KIB);
    for (const { socket } of silent) socket.destroy();
    finish();
    expect(await written).toBe(200);
  });

  it('leaves memory for other callers of the tenant and for other tenants, and releases every byte', async () => {
    expect(await fill('/acme/one')).toBeLessThanOrEqual(86);
    expect(await fill('/acme/other')).toBeGreaterThanOrEqual(20);
    expect(await fill('/globex/one')).toBeGreaterThanOrEqual(30);
    expect(budget.bytes).toBeLessThanOrEqual(64 * KIB * KIB);
    finish();
    while (budget.bytes > 0) await tick();
  });

  it('charges a body until its request is handled, even after the caller has disconnected', async () => {
    const gone = new AbortController();
    const sent = post('/acme/one', 'x', gone.signal).catch(() => 'gone');
    while (handled === 0) await tick();
    gone.abort();
    expect(await sent).toBe('gone');
    expect(budget.bytes).toBe(16 * KIB);
    finish();
    while (budget.bytes > 0) await tick();
  });

  it('releases incomplete bodies, and those of requests that wait behind another on a connection that closes', async () => {
    const head = requestHead('POST /acme/one HTTP/1.1', 'Host: x', 'Content-Type: text/plain', 'Content-Length: 2');
    const [broken, pipelining] = [await openRawSocket(url), await openRawSocket(url)];
    broken.socket.write(`${head}x`);
    pipelining.socket.write(`${head}xx`.repeat(3));
    while (budget.bytes < 4 * 16 * KIB) await tick();
    broken.socket.destroy();
    while (budget.bytes > 3 * 16 * KIB) await tick();
    pipelining.socket.destroy();
    finish();
    while (budget.bytes > 0) await tick();
  });
});
