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
      const changed = config ? await this.#adopt(config) : 0;
      this.#failed = false;
      logEvent(this.logger, 'tenants.reloaded', { ...this.directory.index.counts, changed });
    } catch (error) {
      this.#failed = true;
      const violations = error instanceof ConfigError ? error.violations : [];
      logEvent(this.logger, 'tenants.reload-failed', { violations });
    }
  }

  /** Resolves to the number of tenants that were added, changed or removed. */
  async #adopt(config: TenantsConfig<Scope>): Promise<number> {
    const before = this.directory.index.tenants;
    await this.directory.replace(config);
    const after = this.directory.index.tenants;
    const added = [...after.keys()].filter((id) => !before.has(id));
    const ended = [...before.keys()].filter((id) => before.get(id)?.visibility !== after.get(id)?.visibility);
    await this.#drop(ended);
    return added.length + ended.length;
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
