import { Inject, Injectable } from '@nestjs/common';
import { Directory } from '../../access/directory';
import { ResponseCache } from '../../cache/response-cache';
import { ConfigError } from '../../config/config-error';
import type { TenantsConfig } from '../../config/tenants/tenants-config';
import type { Scope } from '../../context/scope';
import { logEvent } from '../../observability/log-events';
import { LOGGER, type Logger } from '../../observability/logger';

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

  /** One after another, as what is read last must stay. Never rejects. */
  apply(read: () => Promise<TenantsConfig<Scope>>): Promise<void> {
    this.#turn = this.#turn.then(() => this.#replace(read));
    return this.#turn;
  }

  /** What was cached for a visibility that ends is served to nobody any more; the purge frees its memory. */
  async #replace(read: () => Promise<TenantsConfig<Scope>>): Promise<void> {
    const config = await this.#read(read);
    this.#failed = config === undefined;
    if (!config) return;
    const before = this.directory.index.tenants;
    this.directory.replace(config);
    const after = this.directory.index.tenants;
    const ids = new Set([...before.keys(), ...after.keys()]);
    const changed = [...ids].filter((id) => before.get(id)?.visibility !== after.get(id)?.visibility);
    await Promise.allSettled(changed.map((id) => this.cache.purge(id)));
    const { tenants, callers, issuers } = config;
    const counts = { tenants: tenants.length, callers: callers.length, issuers: issuers.length };
    logEvent(this.logger, 'tenants.reloaded', { ...counts, changed: changed.length });
  }

  async #read(read: () => Promise<TenantsConfig<Scope>>): Promise<TenantsConfig<Scope> | undefined> {
    try {
      return await read();
    } catch (error) {
      const violations = error instanceof ConfigError ? error.violations : [];
      logEvent(this.logger, 'tenants.reload-failed', { violations });
      return undefined;
    }
  }
}
