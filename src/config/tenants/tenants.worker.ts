import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError } from '../config-error';
import { fileReader } from '../environment/read-file';
import type { TenantsJob, TenantsOutcome } from './load-in-worker';
import { loadTenants } from './load-tenants';
import { packTenants } from './tenants-message';

/** The thread of `loadTenantsInWorker`: reads the file once, posts the outcome and ends. */
const { source, scopes }: TenantsJob<string> = workerData;
parentPort?.postMessage(outcome());

function outcome(): TenantsOutcome<string> {
  try {
    return { config: packTenants(loadTenants(source, { env: process.env, readFile: fileReader(), scopes })) };
  } catch (error) {
    if (error instanceof ConfigError) return { violations: error.violations };
    throw error;
  }
}
