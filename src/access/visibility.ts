import type { ClientCredentials } from '../context/tenant';
import type { SecretKeys } from '../secrets/secret-keys';

const LENGTH = 22;

/**
 * A digest of everything that decides which integrations Hubster shows to a configured tenant. Both halves of the credentials count, as
 * another secret may belong to another Hubster account. Computed once per version of the tenants file.
 */
export function visibilityOf(
  keys: SecretKeys,
  id: string,
  { clientId, clientSecret }: ClientCredentials,
  hubs: ReadonlySet<string> | undefined,
): string {
  const shown = hubs ? ['hubs', ...[...hubs].sort()] : ['all'];
  const digest = keys.mac('cache', 'visibility', id, clientId, clientSecret.reveal(), ...shown);
  return digest.toString('base64url').slice(0, LENGTH);
}
