import { Inject, Injectable } from '@nestjs/common';
import { Directory } from '../../access/directory';
import { ResponseCache } from '../../cache/response-cache';
import { ConfigError } from '../../config/config-error';
import type { TenantsConfig } from '../../config/tenants/tenants-config';
import type { Scope } from '../../context/scope';
import { logEvent } from '../../observability/log-events';
import { LOGGER, type Logger } from '../../observability/logger';

/** So many tenants are purged in a millisecond or two, and with as many commands to Redis at once. */
const PURGED_AT_ONCE = 100;

/**
 * Puts another tenants file in the location of the running one, without dropping a request. Callers, keys and
 * verified tokens that it leaves out are not known to the next request; a file with a violation changes nothing.
 */
@Injectable()
export class TenantsReload {
  #turn = Promise.resolve();
  #failed = false;

  constructor(
    private readonly directory: Directory,
    private readonly cache: ResponseCache,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whether the newest file could not be taken, so that an older one is in force. */
  get hasFailed(): boolean {
    return this.#failed;
  }

  /** One after another, as what is read last must stay. Never rejects. `read`: undefined for the tenants that are in force. */
  apply(read: () => Promise<TenantsConfig<Scope> | undefined>): Promise<void> {
    this.#turn = this.#turn.then(() => this.#replace(read));
    return this.#turn;
  }

  async #replace(read: () => Promise<TenantsConfig<Scope> | undefined>): Promise<void> {
    try {
      const config = await read();
      const changed = config ? await this.#take(config) : 0;
      this.#failed = false;
      logEvent(this.logger, 'tenants.reloaded', { ...this.directory.index.counts, changed });
    } catch (error) {
      this.#failed = true;
      const violations = error instanceof ConfigError ? error.violations : [];
      logEvent(this.logger, 'tenants.reload-failed', { violations });
    }
  }

  /** Resolves to the number of tenants that were added, changed or removed. */
  async #take(config: TenantsConfig<Scope>): Promise<number> {
    const before = this.directory.index.tenants;
    await this.directory.replace(config);
    const after = this.directory.index.tenants;
    const added = [...after.keys()].filter((id) => !before.has(id));
    const ended = [...before.keys()].filter((id) => before.get(id)?.visibility !== after.get(id)?.visibility);
    await this.#purge(ended);
    return added.length + ended.length;
  }

  /** What was cached for a visibility that has ended is served to nobody any more; the purge frees its memory. */
  async #purge(tenants: readonly string[]): Promise<void> {
    for (let first = 0; first < tenants.length; first += PURGED_AT_ONCE) {
      const next = tenants.slice(first, first + PURGED_AT_ONCE);
      await Promise.all([...next.map((id) => this.cache.purge(id)), new Promise(setImmediate)]);
    }
  }
}
