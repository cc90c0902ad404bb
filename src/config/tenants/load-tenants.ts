import { ConfigError, type TenantsSource } from '../config';
import type { ReadFile } from '../environment/read-file';
import { parseTenantsFile, type TenantsFileOptions } from './parse-tenants-file';
import { MAX_FILE_BYTES, type TenantsConfig } from './tenants-config';

/**
 * Tenants and callers of a service.
 * @throws {ConfigError} with every violation of the tenants file
 */
export function loadTenants<S extends string>(
  source: Exclude<TenantsSource, { kind: 'demo' }>,
  options: Omit<TenantsFileOptions<S>, 'hubsterOrigins'>,
): TenantsConfig<S> {
  if (source.kind === 'file') {
    const { path, hubsterOrigins } = source;
    return parseTenantsFile(textOf(path, options.readFile), { ...options, hubsterOrigins });
  }
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
    return readFile(path, MAX_FILE_BYTES);
  } catch {
    throw new ConfigError([
      { name: 'TENANTS_FILE', expected: 'the path of a file: readable, UTF-8, of at most 16 MiB' },
    ]);
  }
}
