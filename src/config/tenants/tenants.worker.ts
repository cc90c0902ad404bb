import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError } from '../config';
import { fileReader } from '../environment/read-file';
import { loadTenants } from './load-tenants';
import type { TenantsJob, TenantsOutcome } from './tenants-file';
import { packTenants } from './tenants-message';

/** The worker of a `TenantsFile`: reads the file once, posts the outcome, and ends. */
const { source, scopes, known }: TenantsJob<string> = workerData;
// The YAML parser reads a variable for each word of the file, which takes as long as its work if each reading is a call of the system.
process.env = { ...process.env };
parentPort?.postMessage(outcome());

function outcome(): TenantsOutcome {
  try {
    const message = packTenants(loadTenants(source, { env: process.env, readFile: fileReader(), scopes }));
    return { config: message.digest === known ? undefined : message };
  } catch (error) {
    if (error instanceof ConfigError) return { violations: error.violations };
    throw error;
  }
}
