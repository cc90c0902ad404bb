import { Unique } from '../yaml/unique';
import type { YamlLocation } from '../yaml/yaml-location';

/** The tenants and scopes that callers and issuers may name. */
export interface Known<S extends string> {
  readonly tenants: ReadonlySet<string>;
  readonly scopes: readonly S[];
}

/** The tenants of a caller or issuer: ids of this file, or `*`. */
export function parseTenantIds(location: YamlLocation, { tenants }: Known<string>): ReadonlySet<string> | '*' {
  if (location.is('*')) return '*';
  const unique = new Unique('each tenant once');
  for (const id of location.items('a list of one or more tenant ids, or "*"', 1)) {
    unique.add(
      id.parsed('the id of a tenant of this file', (text) => (tenants.has(text) ? text : undefined), ''),
      id,
    );
  }
  return unique.values;
}

export function parseScopes<S extends string>(location: YamlLocation, { scopes }: Known<S>): ReadonlySet<S> {
  const found = location
    .items('a list of one or more scopes', 1)
    .map((item) =>
      item.parsed<S | undefined>(
        `one of ${scopes.join(', ')}`,
        (text) => scopes.find((scope) => scope === text),
        undefined,
      ),
    );
  return new Set(found.filter((scope) => scope !== undefined));
}
