import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** How many connections of an address are checked for an idle one before a working one is evicted. */
const MAX_CONSIDERED = 32;
/** The rest is reserved for Hubster, Redis and the audit trail. */
const SHARE_OF_CLIENTS = 0.75;

interface Connection {
  readonly socket: Socket;
  /** The address, or the network of IPv6 that counts as one. */
  readonly network: string;
  readonly isWorking: boolean;
}

/** The connections of one address that may be evicted, the one with the oldest request first. */
type Group = Set<Connection>;

/** At the limit, either another connection was closed for the new one, or the new one was closed. */
export type LimitAction = 'evicted' | 'rejected';

/**
 * The connections of one server, up to a limit. At the limit a new one replaces one that has never carried a request with accepted
 * credentials: of the address that has most of these, the one whose last request is the oldest. So a client that opens many displaces
 * its own, and a load balancer, whose one address sends requests of callers, loses none of those. Constant time.
 */
export class ConnectionLimit {
  readonly #connections = new Set<Connection>();
  /** Connections that may be evicted, by address. */
  readonly #groups = new Map<string, Group>();
  /** Groups, by their size. */
  readonly #bySize: Set<Group>[] = [];

  constructor(
    readonly limit: number,
    private readonly onLimit: (action: LimitAction) => void,
  ) {}

  /** Returns whether the connection may stay open. */
  admit(connection: Connection): boolean {
    if (this.#connections.size >= this.limit && !this.#evict()) {
      this.onLimit('rejected');
      return false;
    }
    this.#connections.add(connection);
    this.#insert(connection);
    return true;
  }

  /** Call it when a request was received on the connection. */
  used(connection: Connection): void {
    const group = this.#groups.get(connection.network);
    if (group?.delete(connection)) group.add(connection);
  }

  /** Exempts the connection from eviction. */
  keep(connection: Connection): void {
    const group = this.#groups.get(connection.network);
    if (!group?.delete(connection)) return;
    this.#bySize[group.size + 1]?.delete(group);
    if (group.size === 0) this.#groups.delete(connection.network);
    this.#file(group);
  }

  remove(connection: Connection): void {
    this.keep(connection);
    this.#connections.delete(connection);
  }

  #evict(): boolean {
    const connection = this.#evictionCandidate();
    if (!connection) return false;
    this.remove(connection);
    connection.socket.destroy();
    this.onLimit('evicted');
    return true;
  }

  #evictionCandidate(): Connection | undefined {
    const [group = []] = this.#bySize.at(-1) ?? [];
    let considered = 0;
    let oldest: Connection | undefined;
    for (const connection of group) {
      oldest ??= connection;
      if (!connection.isWorking) return connection;
      considered += 1;
      if (considered === MAX_CONSIDERED) break;
    }
    return oldest;
  }

  #insert(connection: Connection): void {
    const group = this.#groups.get(connection.network) ?? new Set();
    this.#groups.set(connection.network, group);
    this.#bySize[group.size]?.delete(group);
    this.#file(group.add(connection));
  }

  /** Puts a group, whose size has changed by one, among those of its size. */
  #file(group: Group): void {
    if (group.size > 0) {
      const sameSize = this.#bySize[group.size] ?? new Set();
      this.#bySize[group.size] = sameSize.add(group);
    }
    while (this.#bySize.at(-1)?.size === 0) this.#bySize.pop();
  }
}

/** `wanted`, reduced so that descriptors are left for everything else. */
export function availableConnections(wanted: number, limit: number = descriptorLimit()): number {
  return Math.min(wanted, Math.max(1, Math.floor(limit * SHARE_OF_CLIENTS)));
}

/** How many files and sockets the process may have open; unlimited if the system does not report it (Linux does). */
function descriptorLimit(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
