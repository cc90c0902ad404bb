import { SystemClock } from '../clock/clock';
import type { Config } from './config';
import { keptSecretKey } from './environment/kept-secret-key';
import { readConfig } from './environment/read-config';
import { fileReader } from './environment/read-file';
import type { Environment } from './environment/variable-reader';
import type { TenantsConfig } from './tenants/tenants-config';
import { TenantsFile } from './tenants/tenants-file';

/** Keeps the keys of the demo, and its audit trail verifiable, from one start to the next. */
const DEMO_SECRET_KEY = 'data/demo-secret-key';

/** What a process starts with. */
export interface Configuration<S extends string> {
  readonly config: Config;
  /** Absent in demo. */
  readonly tenants?: {
    /** Those of the start. */
    readonly first: Promise<TenantsConfig<S>>;
    /** Absent for a single tenant. */
    readonly file?: TenantsFile<S>;
  };
}

/**
 * Reads the environment, and begins to read the tenants.
 * @throws {ConfigError} with every violation of the environment; `first` rejects with those of the tenants file
 */
export function readConfiguration<S extends string>(env: Environment, scopes: readonly S[]): Configuration<S> {
  const config = readConfig(env, { demoSecretKey: () => keptSecretKey(DEMO_SECRET_KEY) });
  const { tenants: source } = config;
  if (source.kind === 'demo') return { config };
  if (source.kind === 'single') return { config, tenants: { first: singleTenant(source, { env, scopes }) } };
  const file = new TenantsFile(source, scopes, new SystemClock());
  const first = file.readFirst();
  // Whoever awaits it gets the error; the service is loaded before.
  first.catch(() => undefined);
  return { config, tenants: { first, file } };
}

async function singleTenant<S extends string>(
  source: Extract<Config['tenants'], { kind: 'single' }>,
  { env, scopes }: { readonly env: Environment; readonly scopes: readonly S[] },
): Promise<TenantsConfig<S>> {
  // The parser and the schema validator of tenants files take a tenth of the start and 10 MB, which the demo does not need.
  const { loadTenants } = await import('./tenants/load-tenants.js');
  return loadTenants(source, { env, readFile: fileReader(), scopes });
}
