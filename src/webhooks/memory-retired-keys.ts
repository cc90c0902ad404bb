import type { Clock } from '../clock/clock';
import { TenantLru } from '../context/tenant-lru';
import { hmacKeyOf, keyNameOf } from './hmac-key';
import {
  RETIRED_FOR_MS,
  type RetiredKey,
  type RetiredKeyLocation,
  RetiredKeys,
  type RetiringKey,
} from './retired-keys';

/** Less than 1 KB each. */
const MAX_KEYS = 10_000;

/** In the memory of this process. */
export class MemoryRetiredKeys extends RetiredKeys {
  readonly #keys = new TenantLru<{ readonly key: RetiredKey; readonly expiresAt: number }>(MAX_KEYS);

  constructor(private readonly clock: Clock) {
    super();
  }

  async keep(location: RetiredKeyLocation, { hubId, privateKey }: RetiringKey): Promise<void> {
    const key = { hubId, hmacKey: hmacKeyOf(privateKey) };
    this.#keys.set(location.tenant, idOf(location), { key, expiresAt: this.clock.monotonic() + RETIRED_FOR_MS });
  }

  async find(location: RetiredKeyLocation): Promise<RetiredKey | undefined> {
    const kept = this.#keys.get(location.tenant, idOf(location));
    return kept && this.clock.monotonic() < kept.expiresAt ? kept.key : undefined;
  }
}

function idOf({ integrationId, name }: RetiredKeyLocation): string {
  return JSON.stringify([integrationId, keyNameOf(name)]);
}
