import { setTimeout as delay } from 'node:timers/promises';
import { ManualClock } from '../../../test/support/manual-clock';
import { RedisServer } from '../../../test/support/redis-server';
import { type News, TOPICS, type Topic } from './fleet';
import { RedisFleet } from './redis-fleet';

const READ = 'breaker:read';
const KEY = 'stagedoor:{acme}:pauses';

describe('RedisFleet', () => {
  let server: RedisServer;
  let clock: ManualClock;

  beforeEach(async () => {
    server = await RedisServer.start();
    clock = new ManualClock();
  });
  afterEach(() => server.close());

  /** A replica with all that it has heard. */
  async function replica({ isDeaf = false } = {}) {
    const fleet = new RedisFleet(await server.connect(), clock);
    const heard: [string, Topic, News][] = [];
    if (!isDeaf) {
      const before = await subscribers();
      fleet.listen((tenant, topic, news) => heard.push([tenant, topic, news]));
      while ((await subscribers()) === before) await delay(5);
    }
    const hearing = fleet.hearingOf('acme', (topic, news) => heard.push(['acme', topic, news]));
    return { fleet, heard, hearing, peers: (topic: Topic = READ) => fleet.peersOf('acme', topic) };
  }
  const subscribers = () => server.send('PUBSUB NUMSUB stagedoor:hubster');
  const stored = async () => {
    while (!(await server.send(`EXISTS ${KEY}`)).includes(':1')) await delay(5);
  };

  it('publishes the other replicas, and not the one that published', async () => {
    const [one, other] = [await replica(), await replica()];
    one.peers().publish({ kind: 'counts', ok: 3, failed: 1 });
    one.peers('gate:portal').publish({ kind: 'pause', ms: 2000, status: 429 });
    one.peers('gate:portal').publish({ kind: 'resume' });
    while (other.heard.length < 3) await delay(5);
    expect(other.heard).toEqual([
      ['acme', READ, { kind: 'counts', ok: 3, failed: 1 }],
      ['acme', 'gate:portal', { kind: 'pause', ms: 2000, status: 429 }],
      ['acme', 'gate:portal', { kind: 'resume' }],
    ]);
    expect(one.heard).toEqual([]);
  });

  it('lets a replica that starts later read once what is in force', async () => {
    const one = await replica();
    one.peers('gate:token').publish({ kind: 'pause', ms: 20_000, status: 429 });
    await stored();
    const late = await replica();
    await late.hearing.catchUp();
    expect(late.heard).toEqual([['acme', 'gate:token', { kind: 'pause', ms: expect.any(Number), status: 429 }]]);
    const [, , news] = late.heard[0] ?? [];
    expect(news?.kind === 'pause' && news.ms).toBeGreaterThan(15_000);
    expect(late.hearing.catchUp()).toBeUndefined();
  });

  it('reads again before calls of a replica that receives nothing, at most every 50 ms', async () => {
    const [one, deaf] = [await replica(), await replica({ isDeaf: true })];
    await deaf.hearing.catchUp();
    one.peers('gate:portal').publish({ kind: 'pause', ms: 20_000, status: 503 });
    await stored();
    expect(deaf.hearing.catchUp()).toBeUndefined();
    await clock.advance(50);
    await deaf.hearing.catchUp();
    expect(deaf.heard).toHaveLength(1);
  });

  it('keeps the later end of two pauses, and nothing after the news that calls are sent again', async () => {
    const [one, late] = [await replica(), await replica({ isDeaf: true })];
    one.peers('gate:portal').publish({ kind: 'pause', ms: 60_000, status: 429 });
    await stored();
    one.peers('gate:portal').publish({ kind: 'pause', ms: 1000, status: 503 });
    await late.hearing.catchUp();
    expect(late.heard).toMatchObject([['acme', 'gate:portal', { status: 429 }]]);
    one.peers('gate:portal').publish({ kind: 'resume' });
    while ((await server.send(`EXISTS ${KEY}`)).includes(':1')) await delay(5);
    await clock.advance(50);
    await late.hearing.catchUp();
    expect(late.heard).toHaveLength(1);
  });

  it('remembers a breaker whose pause is over until somebody has probed', async () => {
    const [one, late] = [await replica(), await replica({ isDeaf: true })];
    for (const topic of [READ, 'gate:portal'] as const) one.peers(topic).publish({ kind: 'pause', ms: 0, status: 503 });
    await stored();
    await delay(2);
    await late.hearing.catchUp();
    expect(late.heard).toEqual([['acme', READ, { kind: 'pause', ms: 0, status: 503 }]]);
  });

  it('lets one replica probe, then another if the first has learnt nothing', async () => {
    const [one, other] = [await replica(), await replica()];
    expect(await Promise.all([one.peers().takeProbe(), other.peers().takeProbe()])).toEqual([true, false]);
    expect(await other.peers('gate:portal').takeProbe()).toBe(true);
    one.peers().giveBackProbe();
    while (!(await other.peers().takeProbe())) await delay(5);
    expect(await one.peers().takeProbe()).toBe(false);
  });

  it.each(['SET %s forever', 'SET %s forever PX 99999999'])('is not kept from probing by %s', async (command) => {
    const one = await replica();
    await server.send(command.replace('%s', `stagedoor:{acme}:probe:${READ}`));
    expect(await one.peers().takeProbe()).toBe(true);
  });

  it('bounds what Redis says, and ignores what it does not understand', async () => {
    const one = await replica();
    await server.send(`HSET ${KEY} gate:portal "99999999999999 429" ${READ} soon breaker:write "1 2 3"`);
    await one.hearing.catchUp();
    expect(one.heard).toEqual([['acme', 'gate:portal', { kind: 'pause', ms: 2 ** 31 - 1, status: 429 }]]);
    await server.send('PUBLISH stagedoor:hubster nonsense');
    one.peers().publish({ kind: 'counts', ok: 1, failed: 1 });
    expect(one.heard).toHaveLength(1);
  });

  it('neither waits nor fails while Redis is away [N6]', async () => {
    const one = await replica();
    await server.kill();
    while (one.hearing.catchUp() !== undefined) await delay(5);
    for (const topic of TOPICS) {
      one.peers(topic).publish({ kind: 'pause', ms: 1000, status: 503 });
      expect(await one.peers(topic).takeProbe()).toBe(true);
      one.peers(topic).giveBackProbe();
    }
    expect(one.heard).toEqual([]);
  });
});
