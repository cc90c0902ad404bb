import { ConfigError, type ConfigViolation } from '../config-error';
import type { Environment } from '../environment/environment';
import type { ReadFile } from '../environment/read-file';
import { Unique } from '../yaml/unique';
import { YamlLocation } from '../yaml/yaml-location';
import { parseCaller } from './parse-caller';
import { parseIssuer } from './parse-issuer';
import { parseTenant } from './parse-tenant';
import type { TenantsConfig } from './tenants-config';

export interface TenantsFileOptions<S extends string> {
  /** The source of `{ env }` secrets. */
  readonly env: Environment;
  /** Reads `{ file }` secrets. */
  readonly readFile: ReadFile;
  /** Every known scope. */
  readonly scopes: readonly S[];
}

/**
 * Reads a tenants file.
 * @throws {ConfigError} with every violation, each with its path and line
 */
export function parseTenantsFile<S extends string>(text: string, options: TenantsFileOptions<S>): TenantsConfig<S> {
  const violations: ConfigViolation[] = [];
  const root = YamlLocation.root(text, violations);
  if (violations.length > 0) throw new ConfigError(violations);
  const config = parseRoot(root, options);
  if (violations.length > 0) throw new ConfigError(violations);
  return config;
}

function parseRoot<S extends string>(root: YamlLocation, options: TenantsFileOptions<S>): TenantsConfig<S> {
  const field = root.fields(['tenants', 'callers', 'issuers', 'passthrough']);
  const passthrough = field('passthrough').flag();

  const tenantIds = new Unique('a unique tenant id');
  const tenants = field('tenants')
    .items('a list of one or more tenants', passthrough ? 0 : 1)
    .map((location) => parseTenant(location, tenantIds, options));
  const known = { tenants: tenantIds.values, scopes: options.scopes };

  const issuerUrls = new Unique('a unique issuer');
  const issuers = field('issuers')
    .items('a list of issuers', 0)
    .map((location) => parseIssuer(location, issuerUrls, known));

  const unique = {
    callerIds: new Unique('a unique caller id'),
    keyHashes: new Unique('a unique key, as a key identifies its caller'),
  };
  const callers = field('callers')
    .items('a list of one or more callers', passthrough || issuers.length > 0 ? 0 : 1)
    .map((location) => parseCaller(location, unique, known));

  return { tenants, callers, issuers, passthrough };
}
