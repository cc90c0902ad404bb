import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock/clock';
import { Problem } from '../problems/problem';
import type { SecretKeys } from '../secrets/secret-keys';
import {
  type Finality,
  type FoundTexts,
  type IdempotencyStore,
  type KeyLocation,
  MAX_TEXT_LENGTH,
  type Texts,
} from './idempotency-store';
import { furthest, type Progress, type StoredResponse } from './key-state';
import { type KeyedRequest, RequestIdentity } from './request-identity';

/** Longer than a request runs, in milliseconds, unless its deadline is long: what runs since then was left behind by a crash. */
const ABANDONED_MS = 60_000;

/** The right to carry a keyed request out. One of its ends has to be called; none of them throws. */
export interface Run {
  /** The same request ran before and nobody knows what came of it: to be looked at before anything is sent. */
  readonly isRepeat: boolean;
  /** From now on the same request gets this answer. */
  answered(response: StoredResponse): Promise<void>;
  /** As `answered`, but nothing was changed: it is kept for some minutes only, unless the request ran before. */
  refused(response: StoredResponse): Promise<void>;
  /** It may have been carried out. */
  unknown(): Promise<void>;
  /** Nothing was done: the key is free again, or as it was. */
  failed(): Promise<void>;
}

/** Lets one request with a key run once (S-760). */
export class Idempotency {
  readonly #abandonedMs: number;

  /** @param keys each `SECRET_KEY` under which a replica may keep or look for a key; the one in use first */
  constructor(
    private readonly store: IdempotencyStore,
    private readonly keys: readonly SecretKeys[],
    private readonly clock: Clock,
    writeDeadlineMs = 0,
  ) {
    this.#abandonedMs = Math.max(ABANDONED_MS, 2 * writeDeadlineMs);
  }

  /**
   * The first answer, or the right to run.
   * @throws {Problem} `idempotency-running`, `idempotency-mismatch`, `idempotency-unavailable`, `rate-limited`
   */
  async begin(keyed: KeyedRequest): Promise<StoredResponse | Run> {
    const identities = this.keys.map(
      (keys, index) => new RequestIdentity(keys, keyed, keyed.visibilities[index] ?? ''),
    );
    const location = { ...keyed.owner, ids: identities.map(({ id }) => id) };
    const sealed = (progress: Progress) => identities.map((identity) => identity.seal(progress));
    const mine = sealed({ state: 'running', since: this.clock.now(), owner: randomUUID() });
    const found = await this.store.claim(location, mine);
    const progress = furthest(identities.flatMap((identity, index) => opened(identity, found?.[index])));
    if (!found || !progress) return this.run(location, sealed, mine, undefined);

    if (progress.state === 'answered') return progress.response;
    if (progress.state === 'running' && this.clock.now() - progress.since < this.#abandonedMs) throw running();
    // A request of which the tenant may not see the response is probed like one that is unknown, and sent only where it had no effect.
    if (!(await this.store.swap(location, found, mine))) throw running();
    return this.run(location, sealed, mine, sealed({ state: 'unknown' }));
  }

  /** `before`: what the key is again when nothing was done. */
  private run(
    location: KeyLocation,
    sealed: (progress: Progress) => Texts,
    mine: Texts,
    before: Texts | undefined,
  ): Run {
    // A store that is away by now keeps "running", which is taken for "unknown" a minute later.
    const become = async (next: Texts | undefined, finality?: Finality) => {
      await this.store.swap(location, mine, next, finality).catch(() => undefined);
    };
    const respondedWith = (response: StoredResponse) => sealed({ state: 'answered', response });
    return {
      isRepeat: before !== undefined,
      answered: (response) => {
        const { body: _tooLarge, ...rest } = response;
        const whole = respondedWith(response);
        return become(fits(whole) ? whole : respondedWith(rest), 'answered');
      },
      refused: (response) => {
        const whole = respondedWith(response);
        // What came of an earlier run is not known for certain, so that its key is not freed early.
        return fits(whole) ? become(whole, before ? 'answered' : 'refused') : become(before);
      },
      unknown: () => become(sealed({ state: 'unknown' })),
      failed: () => become(before),
    };
  }
}

function opened(identity: RequestIdentity, text: FoundTexts[number]): readonly Progress[] {
  return text === undefined ? [] : [identity.open(text)];
}

function fits(texts: Texts): boolean {
  return texts.every(({ length }) => length <= MAX_TEXT_LENGTH);
}

function running(): Problem {
  return new Problem('idempotency-running', { retryAfterSeconds: 1 });
}
