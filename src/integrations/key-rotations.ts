import { Injectable } from '@nestjs/common';
import type { Integration } from '../hubster/integration';
import { Secret } from '../secrets/secret';
import type { UpdateValues } from './update-plan';

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

/** Whether Hubster makes a new pair of signing keys for this update. */
export function regeneratesKeys({ configuration }: UpdateValues): boolean {
  return configuration?.reveal()['regenerateKeys'] === true;
}

/** A pair of signing keys that will be replaced. */
export interface KeyRotation {
  readonly tenant: string;
  readonly integrationId: string;
  readonly hubId: string;
  readonly retiring: SigningKeyPair;
}

type KeyRotationListener = (rotation: KeyRotation) => Promise<void>;

/**
 * Notifies listeners before `regenerateKeys` is sent. Not after: the rotation may be applied while its response is lost, and
 * webhooks under way still need the old key.
 */
@Injectable()
export class KeyRotations {
  readonly #listeners: KeyRotationListener[] = [];

  onRotation(listener: KeyRotationListener): void {
    this.#listeners.push(listener);
  }

  /** Call this before an update is sent. Resolves when all listeners are done. */
  async announce(tenant: string, current: Integration, values: UpdateValues): Promise<void> {
    const { integrationId, hubId } = current;
    const retiring = signingKeyOf(current);
    if (!retiring || !regeneratesKeys(values)) return;
    const rotation = { tenant, integrationId, hubId, retiring };
    await Promise.all(this.#listeners.map((listener) => listener(rotation)));
  }
}
