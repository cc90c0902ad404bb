import { Secret } from '../../secrets/secret';
import type { DemoKey } from '../demo';
import type { CallerConfig, TenantsConfig } from './tenants-config';

/** So few that a person reaches the limit by repeating a request. */
const READER_REQUESTS_PER_MINUTE = 6;

/** The members of a sandbox tenant that this function reads. */
interface SandboxTenant {
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

interface DemoTenants<S extends string> {
  readonly config: TenantsConfig<S>;
  readonly keys: readonly DemoKey[];
}

interface DemoCaller<S extends string> extends Omit<CallerConfig<S>, 'keys' | 'tenants'> {
  readonly tenants: readonly string[];
  readonly role: string;
}

/**
 * A tenant for each tenant of the sandbox, each with a caller that has all scopes; a caller for all of them, and one of the first tenant
 * that may only read, and not often. No `hubs`: the sandbox isolates its tenants, and with several hubs a request for the collection would
 * require a `hubId`.
 */
export function demoTenants<S extends string>(
  sandboxTenants: readonly SandboxTenant[],
  keyOf: (caller: string) => { readonly key: Secret; readonly hash: string },
  { all, read }: { readonly all: readonly S[]; readonly read: readonly S[] },
): DemoTenants<S> {
  const callers = demoCallers(
    sandboxTenants.map(({ name }) => name),
    { all, read },
  );
  return {
    config: {
      tenants: sandboxTenants.map(({ name, clientId, clientSecret }) => ({
        id: name,
        hubster: { clientId, clientSecret: Secret.of(clientSecret) },
      })),
      callers: callers.map(({ role: _role, tenants, ...caller }) => ({
        ...caller,
        keys: [{ hash: keyOf(caller.id).hash }],
        tenants: new Set(tenants),
      })),
      issuers: [],
      passthrough: false,
    },
    keys: callers.map(({ id, role, tenants }) => ({ caller: id, role, tenants, key: keyOf(id).key })),
  };
}

function demoCallers<S extends string>(
  tenants: readonly string[],
  scopes: { readonly all: readonly S[]; readonly read: readonly S[] },
): readonly DemoCaller<S>[] {
  const [all, read] = [new Set(scopes.all), new Set(scopes.read)];
  const limits = { requestsPerMinute: READER_REQUESTS_PER_MINUTE };
  const [first = ''] = tenants;
  return [
    ...tenants.map((name) => ({ id: `${name}-app`, role: `${name}: all scopes`, tenants: [name], scopes: all })),
    { id: 'gateway', role: `gateway: ${tenants.join(' and ')}`, tenants, scopes: all },
    { id: `${first}-reader`, role: `${first}: reads only`, tenants: [first], scopes: read, limits },
  ];
}
