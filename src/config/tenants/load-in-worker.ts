import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../clock/clock';
import type { TenantsSource } from '../config';
import { ConfigError, type ConfigViolation } from '../config-error';
import type { TenantsConfig } from './tenants-config';
import { type TenantsMessage, unpackTenants } from './tenants-message';

export interface TenantsJob<S extends string> {
  readonly source: Extract<TenantsSource, { kind: 'file' }>;
  readonly scopes: readonly S[];
}

export type TenantsOutcome<S extends string> =
  | { readonly config: TenantsMessage<S> }
  | { readonly violations: readonly ConfigViolation[] };

/** Far more than reading takes; a network file system may never answer, which only a thread can be let to wait for. */
const WITHIN_MS = 10_000;

/**
 * What `loadTenants` gives, read on a thread of its own, as requests would wait while a large file is read. Rejects with the
 * `ConfigError` of the file, or with what ended the thread.
 */
export function loadTenantsInWorker<S extends string>(job: TenantsJob<S>, clock: Clock): Promise<TenantsConfig<S>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(__dirname, 'tenants.worker.js'), { workerData: job });
    const cancelTimeout = clock.after(WITHIN_MS, () => {
      reject(new ConfigError([{ name: 'TENANTS_FILE', expected: 'a file and secrets that can be read within 10 s' }]));
      void worker.terminate();
    });
    worker
      .once('message', (outcome: TenantsOutcome<S>) => {
        if ('config' in outcome) resolve(unpackTenants(outcome.config));
        else reject(new ConfigError(outcome.violations));
      })
      .once('error', reject)
      .once('exit', (status) => {
        cancelTimeout();
        reject(status);
      });
  });
}
