import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { TenantsSource } from './config';
import { ConfigError, type ConfigFault } from './config-error';
import type { TenantsConfig } from './tenants-config';
import { type TenantsParcel, unpackTenants } from './tenants-parcel';

export interface TenantsJob<S extends string> {
  readonly source: Extract<TenantsSource, { kind: 'file' }>;
  readonly scopes: readonly S[];
}

export type TenantsOutcome<S extends string> =
  | { readonly config: TenantsParcel<S> }
  | { readonly faults: readonly ConfigFault[] };

/**
 * What `loadTenants` gives, read on a thread of its own, as requests would wait while a large file is read. Rejects with the
 * `ConfigError` of the file, or with what ended the thread.
 */
export function loadTenantsAside<S extends string>(job: TenantsJob<S>): Promise<TenantsConfig<S>> {
  return new Promise((resolve, reject) => {
    new Worker(join(__dirname, 'tenants.worker.js'), { workerData: job })
      .once('message', (outcome: TenantsOutcome<S>) => {
        if ('config' in outcome) resolve(unpackTenants(outcome.config));
        else reject(new ConfigError(outcome.faults));
      })
      .once('error', reject)
      .once('exit', reject);
  });
}
