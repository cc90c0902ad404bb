import { Secret } from '../../secrets/secret';
import { ConfigError } from '../config';
import type { ReadFile } from '../environment/read-file';
import { type Environment, valueInEnvironment, valueInFile } from '../environment/variable-reader';
import { parseBaseUrl } from '../environment/variable-types';
import type { CallerConfig, IssuerConfig, TenantConfig, TenantsConfig } from './tenants-config';
import { checkSchema, expiryOf, SchemaContext, type TenantsFileContent } from './tenants-schema';
import { TenantsYaml } from './tenants-yaml';

export interface TenantsFileOptions<S extends string> {
  /** The source of `{ env }` secrets. */
  readonly env: Environment;
  /** Reads `{ file }` secrets. */
  readonly readFile: ReadFile;
  /** Every scope of the schema. */
  readonly scopes: readonly S[];
  /** Where tenants may have addresses of their own; default: nowhere. */
  readonly hubsterOrigins?: readonly string[];
}

type Entry<K extends keyof TenantsFileContent<string>, S extends string> =
  NonNullable<TenantsFileContent<S>[K]> extends readonly (infer T)[] ? T : never;

/**
 * Reads a tenants file. Its rules are in `tenants-file.schema.json`.
 * @throws {ConfigError} with every violation, each with its path and line
 */
export function parseTenantsFile<S extends string>(text: string, options: TenantsFileOptions<S>): TenantsConfig<S> {
  const { env, readFile, scopes, hubsterOrigins = [] } = options;
  const yaml = new TenantsYaml(text);
  if (yaml.value === undefined) throw new ConfigError(yaml.violations);
  // A secret is never in the file itself, so that the file can be reviewed and committed.
  const readSecret = (source: 'env' | 'file', name: string) => {
    const value = source === 'env' ? valueInEnvironment(env, name) : valueInFile(readFile, name);
    return value === undefined ? undefined : Secret.of(value);
  };
  const context = new SchemaContext(readSecret, new Set(hubsterOrigins));
  const checked = checkSchema<S>(yaml.value, context);
  const found = 'violations' in checked ? checked.violations : [];
  for (const { path, expected, unknownKey } of found) yaml.violation(path, expected, unknownKey);
  if (yaml.violations.length > 0 || 'violations' in checked) throw new ConfigError(yaml.violations);
  const { tenants = [], callers = [], issuers = [], passthrough = false } = checked.content;
  return {
    tenants: tenants.map((tenant) => tenantOf(tenant, context)),
    callers: callers.map((caller) => callerOf(caller)),
    issuers: issuers.map((issuer) => issuerOf(issuer, scopes)),
    passthrough,
  };
}

function tenantOf({ id, hubster, hubs, limits }: Entry<'tenants', string>, { secrets }: SchemaContext): TenantConfig {
  const { clientId, clientSecret } = hubster;
  const [portalUrl, identityUrl] = [hubster.portalUrl, hubster.identityUrl].map((text) => text && parseBaseUrl(text));
  return {
    id,
    hubster: {
      clientId,
      clientSecret: secrets.get(clientSecret) ?? Secret.of(''),
      ...(portalUrl && identityUrl && { addresses: { portalUrl, identityUrl } }),
    },
    ...(hubs && { hubs: new Set(hubs.map((hub) => hub.toLowerCase())) }),
    ...(limits && { limits }),
  };
}

function callerOf<S extends string>(caller: Entry<'callers', S>): CallerConfig<S> {
  const { id, keyHash, keys = [], tenants, scopes, limits } = caller;
  return {
    id,
    keys: [...(keyHash === undefined ? [] : [{ hash: keyHash }]), ...keys].map(keyOf),
    tenants: tenantIdsOf(tenants),
    scopes: new Set(scopes),
    ...(limits && { limits }),
  };
}

function keyOf({
  hash,
  expires,
}: {
  readonly hash: string;
  readonly expires?: string;
}): CallerConfig<string>['keys'][number] {
  const expiresAt = expires === undefined ? undefined : expiryOf(expires);
  return { hash: hash.slice('sha256:'.length).toLowerCase(), ...(expiresAt !== undefined && { expiresAt }) };
}

/** `issuer` stays a text: `iss` is compared as text, not as a URL (RFC 7519, section 4.1.1). */
function issuerOf<S extends string>(issuer: Entry<'issuers', S>, known: readonly S[]): IssuerConfig<S> {
  return {
    tenantClaim: 'tenant',
    scopeClaim: 'scope',
    ...issuer,
    jwksUri: new URL(issuer.jwksUri),
    tenants: tenantIdsOf(issuer.tenants),
    scopes: new Set(issuer.scopes ?? known),
  };
}

function tenantIdsOf(tenants: '*' | readonly string[]): ReadonlySet<string> | '*' {
  return tenants === '*' ? '*' : new Set(tenants);
}
