import type { ClientCredentials } from '../context/tenant';
import type { SecretKeys } from '../secrets/secret-keys';

const LENGTH = 22;

/**
 * The digest of all that decides what Hubster shows to a configured tenant. Both halves of the credentials count, as another secret
 * may belong to another account. Made once for each reading of the tenants file.
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
