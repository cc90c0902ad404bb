import type { Integration } from '../hubster/integration';
import { type SigningKeyPair, signingKeyOf } from './signing-key';
import type { UpdatePlan } from './update-plan';

/** A pair of signing keys that is about to be replaced. */
export interface KeyRotation {
  readonly tenant: string;
  readonly integrationId: string;
  readonly hubId: string;
  readonly retiring: SigningKeyPair;
}

export type KeyRotationListener = (rotation: KeyRotation) => Promise<void>;

/**
 * Tells who has to know that `regenerateKeys` is about to be sent. Before and not after: a rotation that is applied while its
 * answer is lost must not cost the webhooks under way their key.
 */
export class KeyRotations {
  readonly #listeners: KeyRotationListener[] = [];

  onRotation(listener: KeyRotationListener): void {
    this.#listeners.push(listener);
  }

  /** Resolves when everybody knows; to be called before an update is sent. */
  async announce(tenant: string, current: Integration, plan: Pick<UpdatePlan, 'configuration'>): Promise<void> {
    const { integrationId, hubId } = current;
    const retiring = signingKeyOf(current);
    if (!retiring || plan.configuration?.reveal()['regenerateKeys'] !== true) return;
    const rotation = { tenant, integrationId, hubId, retiring };
    await Promise.all(this.#listeners.map((listener) => listener(rotation)));
  }
}
