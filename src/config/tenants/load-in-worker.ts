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

/** Far more than reading takes. A network file system may block for ever; the thread can then be ended. */
const READ_TIMEOUT_MS = 10_000;

/**
 * `loadTenants` on a thread of its own, as reading a large file would delay requests. Rejects with the `ConfigError` of the
 * file, or with the error or exit code of the thread.
 */
export function loadTenantsInWorker<S extends string>(job: TenantsJob<S>, clock: Clock): Promise<TenantsConfig<S>> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(__dirname, 'tenants.worker.js'), { workerData: job });
    const cancelTimeout = clock.after(READ_TIMEOUT_MS, () => {
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
