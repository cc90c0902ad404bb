import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock/clock';
import { Problem } from '../problems/problem';
import { seal, unseal } from '../secrets/seal';
import type { SecretKeys } from '../secrets/secret-keys';
import type { IdempotencyStore, Place } from './idempotency-store';
import { type KeptAnswer, type KeyState, readKeyState } from './key-state';

/** Longer than any request runs, in milliseconds: what is said to run since then was left behind by a crash. */
const ABANDONED_MS = 60_000;

/** A request with an `Idempotency-Key`. */
export interface KeyedRequest {
  readonly tenant: string;
  /** See `Tenant.visibility`. */
  readonly visibility: string;
  readonly caller: string;
  /** Verb and path. */
  readonly route: string;
  readonly key: string;
  /** Only a keyed hash of it is kept. */
  readonly body: string;
}

/** The right to carry a keyed request out. One of its ends has to be called; none of them throws. */
export interface Run {
  /** The same request ran before and nobody knows what came of it: to be looked at before anything is sent. */
  readonly isRepeat: boolean;
  /** From now on the same request gets this answer. */
  answered(answer: KeptAnswer): Promise<void>;
  /** It may have been carried out. */
  unknown(): Promise<void>;
  /** Nothing was done: the key is free again, or as it was. */
  failed(): Promise<void>;
}

/** Lets one request with a key run once (S-760). */
export class Idempotency {
  constructor(
    private readonly store: IdempotencyStore,
    private readonly keys: SecretKeys,
    private readonly clock: Clock,
  ) {}

  /**
   * The first answer, or the right to run.
   * @throws {Problem} `idempotency-running`, `idempotency-mismatch`, `idempotency-unavailable`
   */
  async begin(keyed: KeyedRequest): Promise<KeptAnswer | Run> {
    const { tenant, visibility, caller, route, key, body } = keyed;
    const place = { tenant, id: this.mac('place', tenant, caller, route, key) };
    const request = this.mac('request', body);
    const mine = this.sealed(place, { state: 'running', request, since: this.clock.now(), owner: randomUUID() });
    const found = await this.store.claim(place, mine);
    const run = (before: string | undefined) => this.run(place, { request, visibility }, mine, before);
    if (found === undefined) return run(undefined);

    const state = this.opened(place, found);
    if (state.request !== request) throw new Problem('idempotency-mismatch');
    // What the tenant may see has changed since: the request is looked at again, and sent only where its effect is not there.
    if (state.state === 'answered' && state.visibility === visibility) return state.answer;
    if (state.state === 'running' && this.clock.now() - state.since < ABANDONED_MS) throw running();
    if (!(await this.store.swap(place, found, mine))) throw running();
    return run(state.state === 'answered' ? found : this.sealed(place, { state: 'unknown', request }));
  }

  /** `before`: what the key is again when nothing was done. */
  private run(
    place: Place,
    { request, visibility }: { readonly request: string; readonly visibility: string },
    mine: string,
    before: string | undefined,
  ): Run {
    // A store that is away by now keeps "running", which is taken for "unknown" a minute later.
    const become = async (next: string | undefined) => {
      await this.store.swap(place, mine, next).catch(() => undefined);
    };
    return {
      isRepeat: before !== undefined,
      answered: (answer) => become(this.sealed(place, { state: 'answered', request, visibility, answer })),
      unknown: () => become(this.sealed(place, { state: 'unknown', request })),
      failed: () => become(before),
    };
  }

  private sealed({ tenant, id }: Place, state: KeyState): string {
    return seal(this.keys, `idempotency/${tenant}/${id}`, JSON.stringify(state));
  }

  /** What does not open protects nobody: it is refused rather than run again. */
  private opened({ tenant, id }: Place, found: string): KeyState {
    const text = unseal(this.keys, `idempotency/${tenant}/${id}`, found);
    const state = text === undefined ? undefined : readKeyState(text.reveal());
    if (!state) throw new Problem('idempotency-unavailable');
    return state;
  }

  private mac(...parts: readonly string[]): string {
    return this.keys.mac('idempotency', ...parts).toString('base64url');
  }
}

function running(): Problem {
  return new Problem('idempotency-running', { retryAfterSeconds: 1 });
}
