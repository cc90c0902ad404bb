import { RedisCertificates } from '../../test/support/redis-certificates';
import { RedisSentinels } from '../../test/support/redis-sentinels';
import { until } from '../../test/support/redis-server';
import { SystemClock } from '../clock/clock';
import { readConfig } from '../config/environment/read-config';
import { createLogger } from '../observability/log/logger';
import { Metrics } from '../observability/metrics';
import { RedisConnection } from './redis-connection';

jest.setTimeout(60_000);

describe('Sentinels and their servers with TLS and certificates of clients [S-786]', () => {
  let certificates: RedisCertificates;
  let sentinels: RedisSentinels;
  const opened: RedisConnection[] = [];

  beforeAll(async () => {
    certificates = await RedisCertificates.make('IP:127.0.0.1');
    sentinels = await RedisSentinels.start(certificates);
  });

  afterAll(async () => {
    await sentinels.close();
    await certificates.remove();
  });

  afterEach(() => Promise.all(opened.splice(0).map((connection) => connection.close())));

  async function open(env: Readonly<Record<string, string>>): Promise<RedisConnection> {
    const { redis } = readConfig(env);
    if (!redis) throw new Error('no REDIS_URL');
    const logger = createLogger({ level: 'silent', format: 'json' });
    const connection = new RedisConnection(redis, new SystemClock(), new Metrics(), logger);
    opened.push(connection);
    await connection.open();
    return connection;
  }

  it.each([
    ['an unknown authority', ['REDIS_CLIENT_CERT_FILE', 'REDIS_CLIENT_KEY_FILE']],
    ['no certificate of the client', ['REDIS_CA_FILE']],
  ])('are not used with %s', async (_what, names) => {
    const variables = Object.entries(certificates.variables).filter(([name]) => names.includes(name));
    const connection = await open({ REDIS_URL: sentinels.tlsUrl, ...Object.fromEntries(variables) });
    expect(connection.isAvailable).toBe(false);
  });

  it('are used, messages included, and so is the server that takes over', async () => {
    const connection = await open({ REDIS_URL: sentinels.tlsUrl, ...certificates.variables });
    await until(async () => connection.isAvailable);
    const heard: string[] = [];
    const subscription = connection.subscribe('news', {
      onMessage: (message) => void heard.push(message),
      onStateChange: () => undefined,
    });
    const isSet = () => connection.run((redis) => redis.set('a', '1')).then(Boolean, () => false);
    const isHeard = async (message: string) => {
      await connection.run((redis) => redis.publish(connection.channel('news'), message)).catch(() => undefined);
      return heard.includes(message);
    };
    await until(async () => subscription.isListening && (await isSet()) && (await isHeard('before')));
    await sentinels.failOver();
    await until(async () => subscription.isListening && (await isSet()) && (await isHeard('after')));
    expect(await sentinels.replica.send('GET a')).toContain('1');
  });
});
