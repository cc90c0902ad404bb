import type { Integration } from '../hubster/integration';
import { Secret } from '../secrets/secret';

/** What Hubster signs webhooks with; the public part only names the pair (S-247). */
export interface SigningKeyPair {
  readonly name: string;
  readonly privateKey: Secret;
}

/** The current pair of an integration; undefined for one without. */
export function signingKeyOf({ configuration }: Integration): SigningKeyPair | undefined {
  const { publicSigningKey: name, privateSigningKey: privateKey } = configuration.reveal();
  if (typeof name !== 'string' || typeof privateKey !== 'string' || name === '' || privateKey === '') return undefined;
  return { name, privateKey: Secret.of(privateKey) };
}
