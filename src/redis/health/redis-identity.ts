import { Cluster, type Redis as Driver } from 'ioredis';
import { readServerInfoOf } from './redis-self-test';

/** Remembers which servers have the data, to know after an interruption whether the same ones are there. */
export class RedisIdentity {
  #known: ReadonlySet<string> = new Set();

  constructor(private readonly driver: Driver | Cluster) {}

  /**
   * Reads the ids of the servers that take writes, and remembers them. Resolves to whether all of them were known before: false if one
   * does not show it, as INFO is not permitted, and undefined if one is away.
   */
  async isSame(): Promise<boolean | undefined> {
    const servers = this.driver instanceof Cluster ? this.driver.nodes('master') : [this.driver];
    const infos = await Promise.all(servers.map(readServerInfoOf)).catch(() => undefined);
    if (!infos) return undefined;
    const ids = infos.map(({ id }) => id);
    const isSame = ids.length > 0 && ids.every((id) => id !== undefined && this.#known.has(id));
    this.#known = new Set(ids.filter((id) => id !== undefined));
    return isSame;
  }
}
