import type { FastifyInstance } from 'fastify';
import { serverByPath, tick } from '../../../test/support/api/server-by-path';
import { openRawSocket, type RawSocket, requestHead } from '../../../test/support/raw-socket';
import { SystemClock } from '../../clock/clock';
import { serverOptions } from '../hooks/server-options';
import { Connections } from '../server/connections';
import { UnsentResponses } from './unsent-responses';

const MIB = 1024 * 1024;
const THIRD = Math.floor((128 * MIB) / 3);
/** More than the kernel buffers for a client that does not read. */
const SHARED = Buffer.alloc(16 * MIB, 'x');

/** A server that sends 16 MiB, or what the path names: `/tenant/caller/what`. */
describe('UnsentResponses [N2]', () => {
  let unsent: UnsentResponses;
  let fastify: FastifyInstance;
  let url: string;
  let clients: RawSocket[];
  let handled: number;

  beforeEach(async () => {
    clients = [];
    unsent = new UnsentResponses();
    const connections = new Connections(new SystemClock(), { record: () => undefined });
    fastify = serverByPath(serverOptions({ connections, maxConnections: 100, publicUrl: '' }));
    unsent.install(fastify);
    handled = 0;
    fastify.addHook('preHandler', async () => {
      handled += 1;
    });
    fastify.get('/:tenant/:caller/own', (_request, reply) => void reply.send(Buffer.alloc(16 * MIB, 'x')));
    fastify.get('/:tenant/:caller/text', (_request, reply) => void reply.send('x'.repeat(16 * MIB)));
    fastify.get('/:tenant/:caller/shared', (_request, reply) => void reply.send(SHARED));
    fastify.get('/:tenant/:caller/third', (_request, reply) => void reply.send(Buffer.alloc(THIRD)));
    fastify.get('/:tenant/:caller/small', (_request, reply) => void reply.send('x'.repeat(4096)));
    url = await fastify.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(async () => {
    for (const { socket } of clients) socket.destroy();
    await fastify.close();
  });

  const status = async (path: string) => {
    const response = await fetch(`${url}${path}`);
    await response.arrayBuffer();
    return response.status;
  };
  /** Sends requests and reads no responses. */
  async function ignore(path: string, times = 1): Promise<RawSocket> {
    const client = await openRawSocket(url);
    clients.push(client);
    client.socket.pause();
    client.socket.write(requestHead(`GET ${path} HTTP/1.1`, 'Host: x').repeat(times));
    return client;
  }
  const untilUnsent = async (bytes: number) => {
    while (unsent.bytes !== bytes) await tick();
  };

  it.each(['own', 'text'])(
    'keeps a third of 128 MiB for a caller that reads nothing, and rejects its further requests (%s)',
    async (what) => {
      for (let one = 0; one < 2; one += 1) await ignore(`/acme/one/${what}`);
      await untilUnsent(32 * MIB);
      // The next response does not fit and is not started.
      const { closed } = await ignore(`/acme/one/${what}`);
      clients.at(-1)?.socket.resume();
      expect(await closed).toBe('');
      expect(unsent.bytes).toBe(32 * MIB);
      expect(await status('/acme/one/small')).toBe(200);
      expect(await status('/acme/other/own')).toBe(200);
      expect(await status('/globex/one/own')).toBe(200);
    },
  );

  it('rejects a caller over its quota before any work, and accepts it again when its clients have read or disconnected', async () => {
    const { socket } = await ignore('/acme/one/third');
    await untilUnsent(THIRD);
    expect(await status('/acme/one/small')).toBe(503);
    expect(handled).toBe(1);
    expect(await status('/acme/other/small')).toBe(200);
    socket.resume();
    await untilUnsent(0);
    expect(await status('/acme/one/small')).toBe(200);
  });

  it('counts each response until its client has read it or its connection is closed, pipelined ones too', async () => {
    const reader = await ignore('/acme/one/own');
    const leaver = await ignore('/globex/one/shared', 8);
    await untilUnsent(32 * MIB);
    leaver.socket.destroy();
    await untilUnsent(16 * MIB);
    reader.socket.resume();
    await untilUnsent(0);
  });

  it('counts a shared body once for each caller, and small ones not at all', async () => {
    for (let one = 0; one < 20; one += 1) await ignore('/acme/one/shared', 4);
    await untilUnsent(16 * MIB);
    await ignore('/acme/two/shared');
    await untilUnsent(32 * MIB);
    expect(await status('/acme/one/shared')).toBe(200);
  });

  it('charges all portal tokens together as one tenant', async () => {
    for (let one = 0; one < 10; one += 1) await ignore(`/own:${one}/passthrough/own`);
    await untilUnsent(48 * MIB);
    expect(await status('/acme/one/own')).toBe(200);
  });
});
