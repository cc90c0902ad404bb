import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import supertest from 'supertest';
import { canary, formsOf } from './canaries';
import { PUBLIC_PAGES, requestPublicPages, sendCanaries } from './last-requests';
import { portOf } from './ports';
import { RedisServer } from './redis-server';
import { redisSettings } from './redis-settings';
import { SecretWatch } from './secret-watch';

/** Eight characters of a secret in every form: each form has to be found in each output. */
const SECRET = canary('a secret');
const PARTS = formsOf(SECRET.value.slice(11, 19));
const LEAK = [...PARTS.values()].join(' ');

async function serve(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${portOf(server)}` };
}

describe('the secret watch', () => {
  let watch: SecretWatch;
  let folder: string;
  let redis: RedisServer;
  let client: Redis;
  const servers: Server[] = [];
  const start = async (listener: RequestListener) => {
    const { server, url } = await serve(listener);
    servers.push(server);
    return { server, url };
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
    client = new Redis(redis.url);
  });
  afterAll(async () => {
    client.disconnect();
    await redis.stop();
  });
  beforeEach(async () => {
    watch = new SecretWatch();
    watch.register(SECRET);
    folder = await mkdtemp(join(tmpdir(), 'stagedoor-watch-'));
    await client.flushall();
  });
  afterEach(async () => {
    watch.end();
    jest.restoreAllMocks();
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
    await rm(folder, { recursive: true });
  });

  const inFile = async (name: string) => {
    await mkdir(join(folder, 'audit', 'checkpoints'), { recursive: true });
    await writeFile(join(folder, name), LEAK);
    await watch.collectFiles(folder);
  };
  const inRedis = async (store: () => Promise<unknown>) => {
    await store();
    await watch.collectRedis(redisSettings(redis.url));
  };
  const toCaller = async (listener: RequestListener) => {
    const { server, url } = await start(listener);
    watch.listenTo(server);
    await (await fetch(url)).text();
  };
  /** The output of this process is discarded until the end of the test. */
  const inOwnOutput = (write: () => unknown) => {
    for (const stream of [process.stdout, process.stderr]) jest.spyOn(stream, 'write').mockReturnValue(true);
    jest.spyOn(console, 'debug').mockReturnValue(undefined);
    watch.listenToOutput();
    write();
  };
  /** All outputs of a service, each with a leak. */
  const outputs: readonly (readonly [string, () => Promise<unknown> | unknown])[] = [
    ['the body of a response', () => toCaller((_request, response) => response.end(LEAK))],
    ['a body in chunks', () => toCaller((_request, response) => response.write(LEAK, () => response.end()))],
    ['bytes of a response', () => toCaller((_request, response) => response.end(Buffer.from(LEAK)))],
    ['a header of a response', () => toCaller((_request, response) => response.setHeader('x-leak', LEAK).end())],
    ['a status line', () => toCaller((_request, response) => response.writeHead(200, LEAK).end())],
    [
      'a response of another process',
      async () => {
        const { server, url } = await start((_request, response) => response.end(LEAK));
        watch.listenToClients((port) => port === portOf(server));
        await (await fetch(url)).text();
      },
    ],
    ['standard output', () => inOwnOutput(() => process.stdout.write(LEAK))],
    ['standard error', () => inOwnOutput(() => process.stderr.write(Buffer.from(LEAK)))],
    // biome-ignore lint/suspicious/noConsole: like a forgotten line of debugging.
    ['the console', () => inOwnOutput(() => console.debug('%s', LEAK))],
    ['the log', () => watch.collect('the log', LEAK)],
    ['a file of the trail', () => inFile('audit/one.jsonl')],
    ['a checkpoint', () => inFile('audit/checkpoints/one')],
    ['a temporary file', () => inFile('left-behind.tmp')],
    ['a string in Redis', () => inRedis(() => client.set('a', LEAK))],
    ['a key of Redis', () => inRedis(() => client.set(LEAK, 'a'))],
    ['a hash in Redis', () => inRedis(() => client.hset('a', 'b', LEAK))],
    ['a field of a hash in Redis', () => inRedis(() => client.hset('a', LEAK, 'b'))],
    ['a stream in Redis', () => inRedis(() => client.xadd('a', '*', 'b', LEAK))],
    ['a list in Redis', () => inRedis(() => client.rpush('a', LEAK))],
    ['a set in Redis', () => inRedis(() => client.sadd('a', LEAK))],
    ['a sorted set in Redis', () => inRedis(() => client.zadd('a', 1, LEAK))],
    ...PUBLIC_PAGES.map(
      (page) =>
        [
          page,
          async () => {
            const { server, url } = await start((request, response) =>
              response.end(request.url === page ? LEAK : 'fine'),
            );
            watch.listenTo(server);
            await requestPublicPages(url);
          },
        ] as const,
    ),
  ];
  it.each(outputs)('finds eight characters of a secret in each form in %s', async (_where, leak) => {
    await leak();
    const forms = watch.end().map(({ form }) => form);
    expect([...new Set(forms)].sort()).toEqual([...PARTS.keys()].sort());
  });

  it('receives each canary of sendCanaries', async () => {
    const { server, url } = await start((request, response) => {
      const { method, url: target, headers } = request;
      request.on('data', (body) => response.write(body));
      request.on('end', () => response.end(JSON.stringify([method, target, headers])));
    });
    watch.listenTo(server);
    const planted: string[] = [];
    const plant = (place: string) => {
      planted.push(place);
      return watch.plant(place);
    };
    await sendCanaries({ url, headers: {}, plant });
    const seen = new Set(watch.end().map(({ place }) => place));
    expect(planted.filter((place) => !seen.has(place))).toEqual([]);
  });

  it('plants a canary in each text of an error of Hubster, and in a header of each response', async () => {
    const error = JSON.stringify({
      status: 404,
      errors: [{ code: 699, description: 'Hub not found. (code: PRT000699)' }],
    });
    const { url } = await start((_request, response) => {
      response.writeHead(404, { 'content-type': 'application/json', 'content-length': error.length });
      response.end(Buffer.from(error));
    });
    watch.listenToUpstream(url);
    const { body, headers } = await supertest(url).get('/api/v1/integrations');
    const { errors, trackingId } = body;
    watch.collect('a header', String(headers['x-upstream-session']));
    watch.collect('a description', errors[0].description);
    watch.collect('an id', trackingId);
    expect(errors[0].description).toMatch(/^Hub not found\. \S+ \(code: PRT000699\)$/);
    expect(watch.end()).toEqual([
      { place: 'header of a response of Hubster', form: 'plain', where: 'a header' },
      { place: 'text of an error of Hubster', form: 'plain', where: 'a description' },
      { place: 'text of an error of Hubster', form: 'plain', where: 'an id' },
    ]);
  });

  it('learns values by the names of secrets, and not the mask', async () => {
    const { server, url } = await start((_request, response) => response.end('fine'));
    watch.listenTo(server);
    const [token, key] = [canary('a token'), canary('a key')];
    const body = JSON.stringify({ configuration: { authToken: token.value, pageAccessToken: '********' } });
    await fetch(url, { method: 'POST', headers: { 'x-api-key': key.value }, body });
    watch.collect('text', `${token.value.slice(0, 8)} ${key.value.slice(0, 8)} ********`);
    expect(watch.end().map(({ place }) => place)).toEqual(['authToken of a request', 'header x-api-key']);
  });

  it('finds any eight characters in a row, and no seven', () => {
    for (let at = 0; at + 8 <= SECRET.value.length; at += 1) {
      const one = new SecretWatch();
      one.register(SECRET);
      one.collect('text', `around ${SECRET.value.slice(at, at + 8)} it`);
      expect(one.end()).toEqual([{ place: 'a secret', form: 'plain', where: 'text' }]);
    }
    watch.collect('text', `around ${SECRET.value.slice(0, 7)} it`);
    expect(watch.end()).toEqual([]);
  });
});
