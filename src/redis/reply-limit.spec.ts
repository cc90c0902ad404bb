import { once } from 'node:events';
import { connect } from 'node:net';
import { RedisServer } from '../../test/support/redis-server';
import { RedisUnavailable } from './redis-unavailable';
import { withinReplyLimit } from './reply-limit';

/** Keeps this process busy, as a long garbage collection would. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('withinReplyLimit', () => {
  it('passes on what comes of the reply', async () => {
    expect(await withinReplyLimit(Promise.resolve('reply'))).toBe('reply');
    await expect(withinReplyLimit(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('gives up when there is none', async () => {
    await expect(withinReplyLimit(new Promise(() => undefined))).rejects.toBeInstanceOf(RedisUnavailable);
  });

  it('counts a reply that came while the process was busy', async () => {
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
