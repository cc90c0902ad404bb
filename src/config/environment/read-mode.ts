import { hash } from 'node:crypto';
import type { Config, HubsterAddresses, TenantsSource } from '../config';
import type { VariableReader } from './variable-reader';
import { isRemoteHttp } from './variable-types';
import type { VariableName } from './variables';

const ADDRESSES = ['HUBSTER_PORTAL_URL', 'HUBSTER_IDENTITY_URL'] as const;
const SINGLE_TENANT = ['HUBSTER_CLIENT_ID', 'HUBSTER_CLIENT_SECRET', 'STAGEDOOR_API_KEY'] as const;

/**
 * Service when both Hubster's addresses and tenants are set, demo when neither is (except in production); one without the
 * other is a violation. An invalid value counts as set, so that it is one violation and not several.
 */
export function readMode(variables: VariableReader, production: boolean): Pick<Config, 'mode' | 'hubster' | 'tenants'> {
  const hasAddresses = ADDRESSES.some((name) => variables.isSet(name));
  const hasTenants = ['TENANTS_FILE' as const, ...SINGLE_TENANT].some((name) => variables.isSet(name));
  if (!hasAddresses && !hasTenants) {
    if (production)
      variables.violation('NODE_ENV', 'Hubster’s addresses and tenants with production, which has no demo');
    return { mode: 'demo', tenants: { kind: 'demo' } };
  }
  if (!hasTenants) {
    variables.violation(
      'TENANTS_FILE',
      `a tenants file, or ${SINGLE_TENANT.join(', ')}, as Hubster’s addresses are set`,
    );
  }
  requireAll(variables, ADDRESSES, hasAddresses ? 'the other address is set' : 'tenants are set');
  const { hubster, origins } = readAddresses(variables, production);
  return { mode: 'service', tenants: readTenants(variables, origins), ...(hubster && { hubster }) };
}

interface Addresses {
  readonly hubster: HubsterAddresses | undefined;
  /** Where tenants may have addresses of their own. */
  readonly origins: readonly string[];
}

function readAddresses(variables: VariableReader, production: boolean): Addresses {
  const httpAllowed = variables.read('DANGEROUSLY_ALLOW_HTTP') && !production;
  const remedy = production ? '' : ' (or DANGEROUSLY_ALLOW_HTTP=true)';
  const requireHttps = (name: VariableName, url: URL | undefined) => {
    if (url && isRemoteHttp(url) && !httpAllowed)
      variables.violation(name, `https, as the host is not loopback${remedy}`);
  };
  const [portalUrl, identityUrl] = ADDRESSES.map((name) => {
    const url = variables.read(name);
    requireHttps(name, url);
    return url;
  });
  const origins = variables.read('HUBSTER_ALLOWED_ORIGINS') ?? [];
  for (const origin of origins) requireHttps('HUBSTER_ALLOWED_ORIGINS', new URL(origin));
  return { hubster: portalUrl && identityUrl && { portalUrl, identityUrl }, origins };
}

function readTenants(variables: VariableReader, hubsterOrigins: readonly string[]): TenantsSource {
  const path = variables.read('TENANTS_FILE');
  const single = SINGLE_TENANT.some((name) => variables.isSet(name));
  if (path !== undefined && single) {
    variables.violation('TENANTS_FILE', `either a tenants file or ${SINGLE_TENANT.join(', ')}, not both`);
  } else if (single) {
    requireAll(variables, SINGLE_TENANT, `${SINGLE_TENANT.find((name) => variables.isSet(name))} is set`);
  }
  const [clientId, clientSecret, key] = [
    variables.read('HUBSTER_CLIENT_ID'),
    variables.read('HUBSTER_CLIENT_SECRET'),
    variables.read('STAGEDOOR_API_KEY'),
  ];
  if (clientId !== undefined && clientSecret && key) {
    return { kind: 'single', clientId, clientSecret, keyHash: hash('sha256', key.reveal()) };
  }
  return { kind: 'file', path: path ?? '', hubsterOrigins };
}

function requireAll(variables: VariableReader, names: readonly VariableName[], because: string): void {
  for (const name of names) if (!variables.isSet(name)) variables.violation(name, `a value, as ${because}`);
}
