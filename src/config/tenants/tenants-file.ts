import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../clock/clock';
import { SLICES } from '../../clock/slices';
import type { TenantsSource } from '../config';
import { ConfigError, type ConfigViolation } from '../config-error';
import type { TenantsConfig } from './tenants-config';
import { packTenants, type TenantsMessage, unpackTenants } from './tenants-message';

export interface TenantsJob<S extends string> {
  readonly source: Extract<TenantsSource, { kind: 'file' }>;
  readonly scopes: readonly S[];
  /** The digest of what was read before. */
  readonly known: string;
}

/** `config`: undefined where it is what was read before. */
export type TenantsOutcome =
  | { readonly config: TenantsMessage | undefined }
  | { readonly violations: readonly ConfigViolation[] };

/** Far more than reading takes; a network file system may never respond, which only a thread can be let to wait for. */
const WITHIN_MS = 10_000;

/** The tenants file of a running service. It is read on a thread of its own, as requests would wait while a large file is read. */
export class TenantsFile<S extends string> {
  #known: string;

  /** @param config what was read of it at the start */
  constructor(
    private readonly source: TenantsJob<S>['source'],
    private readonly scopes: readonly S[],
    private readonly clock: Clock,
    config: TenantsConfig<S>,
  ) {
    this.#known = packTenants(config).digest;
  }

  /**
   * What `loadTenants` gives; undefined where that is what it gave the last time. Rejects with the `ConfigError` of the file, or with what
   * ended the thread.
   */
  async read(): Promise<TenantsConfig<S> | undefined> {
    const { source, scopes } = this;
    const message = await this.#inWorker({ source, scopes, known: this.#known });
    if (!message) return undefined;
    this.#known = message.digest;
    return SLICES.run(unpackTenants<S>(message), { owner: 'tenants file', isLarge: true });
  }

  #inWorker(job: TenantsJob<S>): Promise<TenantsMessage | undefined> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(join(__dirname, 'tenants.worker.js'), { workerData: job });
      const cancelTimeout = this.clock.after(WITHIN_MS, () => {
        reject(
          new ConfigError([{ name: 'TENANTS_FILE', expected: 'a file and secrets that can be read within 10 s' }]),
        );
        void worker.terminate();
      });
      worker
        .once('message', (outcome: TenantsOutcome) => {
          if ('config' in outcome) resolve(outcome.config);
          else reject(new ConfigError(outcome.violations));
        })
        .once('error', reject)
        .once('exit', (status) => {
          cancelTimeout();
          reject(status);
        });
    });
  }
}
