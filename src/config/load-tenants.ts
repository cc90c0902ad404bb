import type { TenantsSource } from './config';
import { ConfigError } from './config-error';
import type { ReadFile } from './environment';
import type { TenantsConfig } from './tenants-config';
import { parseTenantsFile, type TenantsFileOptions } from './tenants-file';

/** Tenants and callers outside demo. Throws a `ConfigError` with every fault of the tenants file. */
export function loadTenants<S extends string>(
  source: Exclude<TenantsSource, { kind: 'demo' }>,
  options: TenantsFileOptions<S>,
): TenantsConfig<S> {
  if (source.kind === 'file') return parseTenantsFile(textOf(source.path, options.readFile), options);
  const { clientId, clientSecret, keyHash } = source;
  return {
    tenants: [{ id: 'default', hubster: { clientId, clientSecret } }],
    callers: [
      { id: 'default', keys: [{ hash: keyHash }], tenants: new Set(['default']), scopes: new Set(options.scopes) },
    ],
    issuers: [],
    passthrough: false,
  };
}

function textOf(path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch {
    throw new ConfigError([{ name: 'TENANTS_FILE', expected: 'the path of a readable file' }]);
  }
}
