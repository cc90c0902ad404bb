import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Directory } from '../../access/directory';
import { ResponseCache } from '../../cache/response-cache';
import { ConfigError } from '../../config/config';
import type { TenantsConfig } from '../../config/tenants/tenants-config';
import type { Scope } from '../../context/caller';
import { logEvent } from '../../observability/log/log-events';
import { LOGGER, type Logger } from '../../observability/log/logger';

/** Dropping the entries of as many takes a millisecond or two. */
const DROPPED_AT_ONCE = 100;

/** Numbers of tenants, and of keys of callers. A tenant is changed if its credentials or its hubs are. */
interface Changes {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly keysAdded: number;
  readonly keysRemoved: number;
}

const NO_CHANGES: Changes = { added: 0, changed: 0, removed: 0, keysAdded: 0, keysRemoved: 0 };

/**
 * Replaces the tenants and callers of the running process, without dropping a request. Callers, keys and verified tokens that the new
 * file omits are unknown to the next request; a file with a violation changes nothing.
 */
@Injectable()
export class TenantsReload {
  #lastReload = Promise.resolve();
  #failed = false;

  constructor(
    private readonly directory: Directory,
    private readonly cache: ResponseCache,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whether the newest file is invalid, so that an older one is still in force. */
  get hasFailed(): boolean {
    return this.#failed;
  }

  /** Reloads run one after another, so that the last one wins. Never rejects. `read`: undefined if the file is unchanged. */
  apply(read: () => Promise<TenantsConfig<Scope> | undefined>): Promise<void> {
    this.#lastReload = this.#lastReload.then(() => this.#replace(read));
    return this.#lastReload;
  }

  async #replace(read: () => Promise<TenantsConfig<Scope> | undefined>): Promise<void> {
    try {
      const config = await read();
      const changes = config ? await this.#adopt(config) : NO_CHANGES;
      this.#failed = false;
      logEvent(this.logger, 'tenants.reloaded', { ...this.directory.index.counts, ...changes });
    } catch (error) {
      this.#failed = true;
      const violations = error instanceof ConfigError ? error.violations : [];
      logEvent(this.logger, 'tenants.reload-failed', { violations });
    }
  }

  async #adopt(config: TenantsConfig<Scope>): Promise<Changes> {
    const before = this.directory.index;
    await this.directory.replace(config);
    const after = this.directory.index;
    const removed = missingFrom(after.tenants, before.tenants);
    const changed = [...before.tenants]
      .filter(([id, { visibility }]) => (after.tenants.get(id)?.visibility ?? visibility) !== visibility)
      .map(([id]) => id);
    await this.#drop([...removed, ...changed]);
    return {
      added: missingFrom(before.tenants, after.tenants).length,
      changed: changed.length,
      removed: removed.length,
      keysAdded: missingFrom(before.principals, after.principals).length,
      keysRemoved: missingFrom(after.principals, before.principals).length,
    };
  }

  /**
   * Entries of a visibility that has ended are never served again; this frees their memory. Generations stay as they are: visibilities
   * distinguish the entries, and ten thousand renewals would keep Redis busy and other tenants' reads waiting.
   */
  async #drop(tenants: readonly string[]): Promise<void> {
    for (const [index, id] of tenants.entries()) {
      this.cache.drop(id);
      if (index % DROPPED_AT_ONCE === 0) await setImmediate();
    }
  }
}

function missingFrom<K>(some: ReadonlyMap<K, unknown>, others: ReadonlyMap<K, unknown>): readonly K[] {
  return [...others.keys()].filter((key) => !some.has(key));
}
