import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './ports';
import { RedisServer, until } from './redis-server';

const MASTERS = 3;
const LAST_SLOT = 16_383;

interface Node {
  readonly server: RedisServer;
  readonly id: string;
}

/** A cluster of three masters with a replica each, on the loopback. A replica takes over about two seconds after its master has ended. */
export class RedisCluster {
  private constructor(
    readonly nodes: readonly Node[],
    private readonly directory: string,
  ) {}

  /** @param options of each server, as on the command line */
  static async start(...options: readonly string[]): Promise<RedisCluster> {
    const directory = await mkdtemp(join(tmpdir(), 'redis-cluster-'));
    const nodes: Node[] = [];
    for (let index = 0; index < 2 * MASTERS; index += 1) {
      const server = await RedisServer.start(
        ...['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${index}.conf`, '--dir', directory],
        ...['--cluster-port', `${await freePort()}`, '--cluster-node-timeout', '1000'],
        ...['--cluster-announce-ip', '127.0.0.1', '--repl-diskless-sync-delay', '0', ...options],
      );
      nodes.push({ server, id: await on(server, (redis) => text(redis.call('CLUSTER', 'MYID'))) });
    }
    const cluster = new RedisCluster(nodes, directory);
    await cluster.#join();
    return cluster;
  }

  get servers(): readonly RedisServer[] {
    return this.nodes.map(({ server }) => server);
  }

  /** Of one node only, which has to name the others. */
  get endpointUrl(): string {
    return `redis+cluster://127.0.0.1:${this.nodes.at(-1)?.server.port}`;
  }

  /** Of the first two nodes. */
  get url(): string {
    return `redis+cluster://${this.servers.slice(0, 2).map(({ port }) => `127.0.0.1:${port}`)}`;
  }

  /** Kills the master of a key, and resolves when its replica has taken over. */
  async killMasterOf(key: string): Promise<void> {
    const master = await this.#masterOf(key);
    await master.server.kill();
    await until(async () => (await this.#masterOf(key, master)).id !== master.id);
    const next = await this.#masterOf(key, master);
    await until(async () => (await next.server.send('CLUSTER INFO')).includes('cluster_state:ok'));
  }

  /** Moves the slot of a key to another master while it is used. */
  async moveSlotOf(key: string): Promise<void> {
    const from = await this.#masterOf(key);
    const to = this.nodes.slice(0, MASTERS).find(({ id }) => id !== from.id) ?? from;
    const slot = await on(from.server, (redis) => redis.cluster('KEYSLOT', key));
    await on(to.server, (redis) => redis.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id));
    await on(from.server, async (redis) => {
      await redis.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to.id);
      for (let keys = await keysIn(redis, slot); keys.length > 0; keys = await keysIn(redis, slot))
        await redis.call('MIGRATE', '127.0.0.1', to.server.port, '', 0, 1000, 'KEYS', ...keys);
    });
    for (const { server } of [to, ...this.nodes.slice(0, MASTERS)])
      await on(server, (redis) => redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', to.id));
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.kill()));
    await rm(this.directory, { recursive: true, force: true });
  }

  async #join(): Promise<void> {
    const [first, ...others] = this.nodes;
    if (!first) return;
    const share = Math.ceil((LAST_SLOT + 1) / MASTERS);
    for (const [index, { server }] of this.nodes.entries()) {
      await server.send(`CLUSTER SET-CONFIG-EPOCH ${index + 1}`);
      const end = Math.min(LAST_SLOT, (index + 1) * share - 1);
      if (index < MASTERS) await server.send(`CLUSTER ADDSLOTSRANGE ${index * share} ${end}`);
    }
    const busPort = (server: RedisServer) => on(server, (redis) => redis.config('GET', 'cluster-port'));
    for (const { server } of others) {
      const [, port] = pair(await busPort(first.server));
      await server.send(`CLUSTER MEET 127.0.0.1 ${first.server.port} ${port}`);
    }
    await this.#eachSays('CLUSTER INFO', `cluster_known_nodes:${this.nodes.length}`);
    for (const [index, { server }] of this.nodes.entries()) {
      const master = this.nodes[index - MASTERS];
      if (master) await until(async () => (await server.send(`CLUSTER REPLICATE ${master.id}`)).startsWith('+OK'));
    }
    await this.#eachSays('CLUSTER INFO', 'cluster_state:ok');
    for (const { server } of this.nodes.slice(MASTERS))
      await until(async () => (await server.send('INFO replication')).includes('master_link_status:up'));
  }

  async #eachSays(command: string, reply: string): Promise<void> {
    for (const { server } of this.nodes) await until(async () => (await server.send(command)).includes(reply));
  }

  /** As another node than `but` sees it. */
  async #masterOf(key: string, but?: Node): Promise<Node> {
    const observer = this.nodes.find((node) => node !== but);
    if (!observer) throw new Error('no node');
    return on(observer.server, async (redis) => {
      const slot = await redis.cluster('KEYSLOT', key);
      const ranges = await redis.cluster('SLOTS');
      const range = ranges.find(([start, end]) => Number(start) <= slot && slot <= Number(end));
      const master = range?.[2];
      const id = Array.isArray(master) ? String(master[2]) : '';
      return this.nodes.find((node) => node.id === id) ?? observer;
    });
  }
}

async function on<T>(server: RedisServer, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.port, '127.0.0.1', { retryStrategy: null }).on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

const keysIn = (redis: Redis, slot: number) => redis.cluster('GETKEYSINSLOT', slot, 100);
const text = async (reply: Promise<unknown>) => String(await reply);

function pair(reply: unknown): readonly [string, string] {
  return Array.isArray(reply) ? [String(reply[0]), String(reply[1])] : ['', ''];
}
