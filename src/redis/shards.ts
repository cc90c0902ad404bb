import { Cluster, Command, type Redis as Driver } from 'ioredis';
import type { Clock } from '../clock/clock';
import { COORDINATION_LIMIT_MS, withinReplyLimit } from './reply-limit';
import { Shard } from './shard';

/** The servers that have the keys: one, or those of a cluster, each with a breaker of its own. */
export class Shards {
  #whole: Shard;
  /** By address. Bounded: of servers that the driver knows. */
  readonly #byAddress = new Map<string, Shard>();

  constructor(
    private readonly driver: Driver | Cluster,
    private readonly clock: Clock,
  ) {
    this.#whole = new Shard(clock);
    if (driver instanceof Cluster) driver.on('-node', () => this.#forgetOthers(driver));
  }

  /** The breaker of the server that has the key; of all together where there is one server, or no key. */
  of(key: string | undefined): Shard {
    if (key === undefined || !(this.driver instanceof Cluster)) return this.#whole;
    const address = this.#addressOf(this.driver, key);
    if (address === undefined) return this.#whole;
    const known = this.#byAddress.get(address) ?? new Shard(this.clock);
    this.#byAddress.set(address, known);
    return known;
  }

  /** Drops the connection to the server of the key: the driver makes another one for the next command. False if it is the only server. */
  drop(key: string | undefined): boolean {
    if (key === undefined || !(this.driver instanceof Cluster)) return false;
    const address = this.#addressOf(this.driver, key);
    const nodes = this.driver.nodes('master');
    const areAllOpen = nodes.every((node) => this.#byAddress.get(addressOf(node))?.isOpen);
    if (areAllOpen) return false;
    nodes.find((node) => addressOf(node) === address)?.disconnect();
    return true;
  }

  /** All servers are there again. */
  reset(): void {
    this.#whole = new Shard(this.clock);
    this.#byAddress.clear();
  }

  #addressOf({ slots }: Cluster, key: string): string | undefined {
    return slots[new Command('GET', [key]).getSlot()]?.[0];
  }

  #forgetOthers({ slots }: Cluster): void {
    const addresses = new Set(slots.map((nodes) => nodes?.[0]));
    for (const address of this.#byAddress.keys()) if (!addresses.has(address)) this.#byAddress.delete(address);
  }
}

const addressOf = ({ options }: Driver): string => `${options.host}:${options.port}`;

/** The driver makes another connection to a server that does not reply. */
export async function pingAll(cluster: Cluster): Promise<void> {
  const pings = cluster
    .nodes('master')
    .map((node) => withinReplyLimit(node.ping(), COORDINATION_LIMIT_MS).catch(() => node.disconnect()));
  await Promise.all(pings);
}

interface ClusterListener {
  failed(error: unknown): void;
  lost(): void;
  refreshed(): void;
}

/** A cluster stays ready while it loses a server. The one that has its keys next may have older data. */
export function watchServers(cluster: Cluster, { failed, lost, refreshed }: ClusterListener): void {
  cluster.on('node error', failed);
  cluster.on('-node', () => {
    lost();
    cluster.refreshSlotsCache();
  });
  cluster.on('refresh', refreshed);
}
