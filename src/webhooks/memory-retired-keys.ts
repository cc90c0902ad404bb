import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/clock';
import { type KeyPlace, RETIRED_FOR_MS, type RetiredKey } from './retired-key';
import { RetiredKeys } from './retired-keys';

const MAX_KEYS = 10_000;

/** In this process, until it ends. */
export class MemoryRetiredKeys extends RetiredKeys {
  readonly #keys = new LRUCache<string, { readonly key: RetiredKey; readonly endsAt: number }>({ max: MAX_KEYS });

  constructor(private readonly clock: Clock) {
    super();
  }

  async keep(place: KeyPlace, key: RetiredKey): Promise<void> {
    this.#keys.set(idOf(place), { key, endsAt: this.clock.monotonic() + RETIRED_FOR_MS });
  }

  async find(place: KeyPlace): Promise<RetiredKey | undefined> {
    const kept = this.#keys.get(idOf(place));
    return kept && this.clock.monotonic() < kept.endsAt ? kept.key : undefined;
  }
}

function idOf({ tenant, integrationId, name }: KeyPlace): string {
  return JSON.stringify([tenant, integrationId, name]);
}
