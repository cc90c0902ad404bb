import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { RedisServer } from '../../test/support/redis-server';
import { redisSettings } from '../../test/support/redis-settings';
import { SystemClock } from '../clock/clock';
import { createLogger } from '../observability/log/logger';
import { Metrics } from '../observability/metrics/metrics';

import { RedisUnavailable } from './redis';
import { RedisConnection } from './redis-connection';

const CANARY = 'canary-5e1f';

describe('RedisConnection', () => {
  let server: RedisServer;
  let connection: RedisConnection;
  let metrics: Metrics;
  let log: PassThrough;

  beforeEach(async () => {
    server = await RedisServer.start();
  });

  afterEach(async () => {
    await connection.close();
    await server.kill();
  });

  async function open(url = server.url): Promise<void> {
    metrics = new Metrics();
    log = new PassThrough();
    const logger = createLogger({ level: 'trace', format: 'json', destination: log });
    connection = new RedisConnection(redisSettings(url), new SystemClock(), metrics, logger);
    await connection.open();
  }

  const reconnection = () => new Promise<void>((resolve) => connection.onReconnected(() => resolve()));
  const get = (key: string) => connection.run((redis) => redis.get(key));
  const failure = (key: string) =>
    get(key).then(
      () => 'no error',
      (error: unknown) => error,
    );

  async function counted(): Promise<Record<string, number>> {
    const { values } = await metrics.redisCommands.get();
    return Object.fromEntries(values.map(({ labels, value }) => [labels.result, value]));
  }

  it('runs commands', async () => {
    await open();
    await connection.run((redis) => redis.set('a', '1'));
    expect(await get('a')).toBe('1');
    expect(await counted()).toEqual({ ok: 2, failed: 0, refused: 0 });
  });

  it('rejects commands at once while Redis cannot be reached at the start, and uses it once it can', async () => {
    await server.kill();
    await open();
    const reconnected = reconnection();
    expect(await failure('a')).toBeInstanceOf(RedisUnavailable);
    expect(await counted()).toEqual({ ok: 0, failed: 0, refused: 1 });
    await server.start();
    await reconnected;
    expect(await get('a')).toBeNull();
  });

  it('opens the breaker after five commands without a reply, and leaves no command pending', async () => {
    await open();
    server.pause();
    for (let sent = 0; sent < 20; sent += 1) expect(await failure('a')).toBeInstanceOf(RedisUnavailable);
    expect(await counted()).toEqual({ ok: 0, failed: 5, refused: 15 });
    expect(connection.isAvailable).toBe(false);
  });

  it('uses a paused server again once it continues', async () => {
    await open();
    server.pause();
    const reconnected = reconnection();
    await Promise.all(Array.from({ length: 10 }, () => failure('a')));
    server.resume();
    await reconnected;
    expect(await get('a')).toBeNull();
  });

  it('never uses the late reply to a timed out command for another command', async () => {
    await open();
    await connection.run((redis) => redis.mset({ a: 'of a', b: 'of b' }));
    server.pause();
    expect(await failure('a')).toBeInstanceOf(RedisUnavailable);
    expect(await failure('a')).toBeInstanceOf(RedisUnavailable);
    server.resume();
    expect(await Promise.all([get('b'), get('a'), get('b')])).toEqual(['of b', 'of a', 'of b']);
  });

  it('rejects pending commands when the server dies', async () => {
    await open();
    server.pause();
    const waiting = failure('a');
    await server.kill();
    expect(await waiting).toBeInstanceOf(RedisUnavailable);
  });

  it.each([
    ['OOM', ['--maxmemory', '1']],
    ['MISCONF', ['--min-replicas-to-write', '1']],
  ])('counts an error reply (%s) as a failure', async (_name, options) => {
    await server.kill();
    server = await RedisServer.start(...options);
    await open();
    const set = connection.run((redis) => redis.set('a', '1'));
    await expect(set).rejects.toBeInstanceOf(RedisUnavailable);
    expect(connection.isAvailable).toBe(true);
  });

  it('is not available while authentication fails (NOAUTH), and is afterwards', async () => {
    await open();
    const reconnected = reconnection();
    await server.send(`CONFIG SET requirepass ${CANARY}`);
    await server.send(`AUTH ${CANARY}\r\nCLIENT KILL TYPE normal`);
    await once(log, 'data');
    expect(await failure('a')).toBeInstanceOf(RedisUnavailable);
    await server.send(`AUTH ${CANARY}\r\nCONFIG SET requirepass ""`);
    await reconnected;
    expect(connection.isAvailable).toBe(true);
  });

  it('calls onReconnected before any command runs, and not for the first connection', async () => {
    await open();
    const events: string[] = [];
    connection.onReconnected(() => {
      events.push('reconnected');
      void get('a').then(() => events.push('first'));
    });
    await get('a');
    expect(events).toEqual([]);
    await server.kill();
    const reconnected = reconnection();
    await server.start();
    await reconnected;
    await get('b').then(() => events.push('second'));
    expect(events).toEqual(['reconnected', 'first', 'second']);
  });

  it('shows no key, password or address in errors and in the log [N1]', async () => {
    await server.send(`CONFIG SET requirepass ${CANARY}-password`);
    await open(server.url.replace('//', `//:${CANARY}-password@`));
    await connection.run((redis) => redis.lpush(`${CANARY}-key`, `${CANARY}-value`));
    const error = await failure(`${CANARY}-key`);
    expect(JSON.stringify([error, String(error), Object.getOwnPropertyDescriptors(error)])).not.toContain(CANARY);
    const interrupted = new Promise<void>((resolve) => connection.onInterrupted(resolve));
    await server.kill();
    await interrupted;
    await setImmediate();
    const lines = String(log.read());
    expect(lines).toContain('"event":"redis.unavailable"');
    expect(lines).toContain('"reason":"other"');
    expect(lines).not.toMatch(new RegExp(`${CANARY}|127\\.0\\.0\\.1|${server.port}`));
  });

  it('works with a cluster, and uses it again after an interruption', async () => {
    await server.kill();
    server = await RedisServer.startCluster();
    await open(`${server.url},${server.url}`);
    if (!connection.isAvailable) await reconnection();
    await connection.run((redis) => redis.mset({ '{t}a': '1', '{t}b': '2' }));
    const reconnected = reconnection();
    server.pause();
    await Promise.all(Array.from({ length: 10 }, () => failure('{t}a')));
    expect(connection.isAvailable).toBe(false);
    server.resume();
    await reconnected;
    expect(await connection.run((redis) => redis.mget('{t}a', '{t}b'))).toEqual(['1', '2']);
  });

  describe('subscribe', () => {
    function listen() {
      const messages: string[] = [];
      const states: boolean[] = [];
      let wake: () => void = () => undefined;
      const note = <T>(list: T[]) => {
        return (item: T) => {
          list.push(item);
          wake();
        };
      };
      connection.subscribe('news', { onMessage: note(messages), onStateChange: note(states) });
      const until = async (condition: () => boolean) => {
        while (!condition()) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      };
      return { messages, states, until };
    }

    it('receives messages while it listens', async () => {
      await open();
      const { messages, states, until } = listen();
      await until(() => states.length === 1);
      await connection.run((redis) => redis.publish('news', 'hello'));
      await until(() => messages.length === 1);
      expect([states, messages]).toEqual([[true], ['hello']]);
    });

    it.each(['kill', 'pause'] as const)(
      'reports when it stops listening and when it listens again (%s)',
      async (loss) => {
        await open();
        const { messages, states, until } = listen();
        await until(() => states.length === 1);
        await server[loss]();
        await until(() => states.length === 2);
        if (loss === 'kill') await server.start();
        else server.resume();
        await until(() => states.length === 3);
        await server.send('PUBLISH news again');
        await until(() => messages.length === 1);
        expect([states, messages]).toEqual([[true, false, true], ['again']]);
      },
    );
  });
});
