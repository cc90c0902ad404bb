import { once } from 'node:events';
import { connect } from 'node:net';
import { RedisServer } from '../../test/support/redis-server';
import { RedisUnavailable } from './redis';
import { withinReplyLimit } from './reply-limit';

/** Blocks the process, as a long garbage collection does. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('withinReplyLimit', () => {
  it('settles as the reply does', async () => {
    expect(await withinReplyLimit(Promise.resolve('reply'))).toBe('reply');
    await expect(withinReplyLimit(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('rejects without a reply', async () => {
    await expect(withinReplyLimit(new Promise(() => undefined))).rejects.toBeInstanceOf(RedisUnavailable);
  });

  it('resolves with a reply that arrived while the process was blocked', async () => {
    const server = await RedisServer.start();
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    const reply = withinReplyLimit(once(socket, 'data').then(([bytes]) => String(bytes)));
    socket.write('PING\r\n');
    block(200);
    expect(await reply).toBe('+PONG\r\n');
    socket.destroy();
    await server.kill();
  });
});
