import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../clock/clock';
import { SLICES } from '../../clock/slices';
import { ConfigError, type ConfigViolation, type TenantsSource } from '../config';
import type { TenantsConfig } from './tenants-config';
import { type TenantsMessage, unpackTenants } from './tenants-message';

export interface TenantsJob<S extends string> {
  readonly source: Extract<TenantsSource, { kind: 'file' }>;
  readonly scopes: readonly S[];
  /** The digest of the last content. */
  readonly known: string;
}

/** `config`: undefined if nothing has changed. */
export type TenantsOutcome =
  | { readonly config: TenantsMessage | undefined }
  | { readonly violations: readonly ConfigViolation[] };

/** A file of the largest size takes seconds of CPU time; a network file system may never respond, and only a thread can wait for it. */
const WITHIN_MS = 30_000;

/**
 * The tenants file of a service. It is read in a worker: at the start beside the loading of the service, and later beside requests, which
 * would wait while a large file is read.
 */
export class TenantsFile<S extends string> {
  #known = '';

  constructor(
    private readonly source: TenantsJob<S>['source'],
    private readonly scopes: readonly S[],
    private readonly clock: Clock,
  ) {}

  get path(): string {
    return this.source.path;
  }

  /** Like `read`, before requests are served. */
  async readFirst(): Promise<TenantsConfig<S>> {
    const tenants = await this.read();
    if (!tenants) throw new Error('The tenants file has been read before.');
    return tenants;
  }

  /**
   * Resolves to the tenants of the file; undefined if they are those of the last time. Rejects with the `ConfigError` of the file, or with
   * the error that ended the worker.
   */
  async read(): Promise<TenantsConfig<S> | undefined> {
    const { source, scopes } = this;
    const message = await this.#inWorker({ source, scopes, known: this.#known });
    if (!message) return undefined;
    this.#known = message.digest;
    return SLICES.run(unpackTenants<S>(message), { owner: 'tenants file', isBackground: true });
  }

  #inWorker(job: TenantsJob<S>): Promise<TenantsMessage | undefined> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(join(__dirname, 'tenants.worker.js'), { workerData: job });
      const cancelTimeout = this.clock.after(WITHIN_MS, () => {
        reject(
          new ConfigError([{ name: 'TENANTS_FILE', expected: 'a file and secrets that can be read within 30 s' }]),
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
