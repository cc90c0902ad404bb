import type { Integration } from '../hubster/integration';
import { Secret } from '../secrets/secret';

/** Hubster signs webhooks with the private key; the public key is only the name of the pair (S-247). */
export interface SigningKeyPair {
  readonly name: string;
  readonly privateKey: Secret;
}

/** The current pair of an integration; undefined if it has none. */
export function signingKeyOf({ configuration }: Integration): SigningKeyPair | undefined {
  const { publicSigningKey: name, privateSigningKey: privateKey } = configuration.reveal();
  if (typeof name !== 'string' || typeof privateKey !== 'string' || name === '' || privateKey === '') return undefined;
  return { name, privateKey: Secret.of(privateKey) };
}
