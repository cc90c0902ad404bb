import { Injectable } from '@nestjs/common';
import type { Integration } from '../hubster/integration';
import { type SigningKeyPair, signingKeyOf } from './signing-key';
import type { UpdatePlan } from './update-plan';

/** A pair of signing keys that will be replaced. */
export interface KeyRotation {
  readonly tenant: string;
  readonly integrationId: string;
  readonly hubId: string;
  readonly retiring: SigningKeyPair;
}

export type KeyRotationListener = (rotation: KeyRotation) => Promise<void>;

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
  async announce(tenant: string, current: Integration, plan: Pick<UpdatePlan, 'configuration'>): Promise<void> {
    const { integrationId, hubId } = current;
    const retiring = signingKeyOf(current);
    if (!retiring || plan.configuration?.reveal()['regenerateKeys'] !== true) return;
    const rotation = { tenant, integrationId, hubId, retiring };
    await Promise.all(this.#listeners.map((listener) => listener(rotation)));
  }
}
