import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock';
import { Config } from '../config/config';
import { Problem } from '../problems/problem';
import { SecretKeys } from '../secrets/secret-keys';
import {
  type Finality,
  type FoundTexts,
  IdempotencyStore,
  type KeyLocation,
  MAX_TEXT_LENGTH,
  type Texts,
} from './idempotency-store';
import { furthest, type KeyedRequest, type Progress, RequestIdentity, type StoredResponse } from './keyed-request';
import { UnconfirmedChanges } from './unconfirmed-changes';

/** Longer than a request runs (long deadlines apart), in milliseconds: a run older than this was ended by a crash. */
const ABANDONED_MS = 60_000;

/** The right to run a keyed request. One of the four methods has to be called at its end; none of them throws. */
export interface Run {
  /** The same request ran before with an unknown outcome, which has to be probed before anything is sent. */
  readonly isRepeat: boolean;
  /** From now on the same request gets this response. */
  completed(response: StoredResponse): Promise<void>;
  /** As `completed`, but without an effect: the response is kept for some minutes only, unless the request ran before. */
  rejected(response: StoredResponse): Promise<void>;
  /** The request may have taken effect. */
  unknown(): Promise<void>;
  /** The request had no effect: the key is free again, or has its previous state. */
  failed(): Promise<void>;
}

/** Runs a request with a key once (S-760). */
@Injectable()
export class Idempotency implements OnApplicationShutdown {
  /** One for each `SECRET_KEY` that a replica may use, the current one first. */
  readonly #keys: readonly SecretKeys[];
  readonly #abandonedMs: number;
  readonly #unconfirmed: UnconfirmedChanges;

  constructor(
    private readonly store: IdempotencyStore,
    keys: SecretKeys,
    private readonly clock: Clock,
    @Inject(Config) { deadlines }: { readonly deadlines: Pick<Config['deadlines'], 'writeMs'> },
  ) {
    this.#keys = store.isShared ? keys.all : [keys];
    this.#abandonedMs = Math.max(ABANDONED_MS, 2 * deadlines.writeMs);
    this.#unconfirmed = new UnconfirmedChanges(clock, this.#abandonedMs);
  }

  onApplicationShutdown(): void {
    this.#unconfirmed.close();
  }

  /**
   * The stored response, or the right to run.
   * @throws {Problem} `idempotency-running`, `idempotency-mismatch`, `idempotency-unavailable`, `rate-limited`
   */
  async begin(keyed: KeyedRequest): Promise<StoredResponse | Run> {
    const identities = this.#keys.map(
      (keys, index) => new RequestIdentity(keys, keyed, keyed.visibilities[index] ?? ''),
    );
    const location = { ...keyed.owner, ids: identities.map(({ id }) => id), span: keyed.span };
    const sealAll = (progress: Progress) => identities.map((identity) => identity.seal(progress));
    const claimed = sealAll({ state: 'running', since: this.clock.now(), owner: randomUUID() });
    const found = await this.store.claim(location, claimed).catch((error: unknown) => {
      // The key may be claimed, and nothing was sent: it has to be free for the next try.
      if (isUnavailable(error)) this.#unconfirmed.repeat(() => this.store.swap(location, claimed, undefined));
      throw error;
    });
    const progress = furthest(identities.flatMap((identity, index) => open(identity, found?.[index])));
    if (!found || !progress) return this.#start(location, sealAll, claimed, undefined);

    if (progress.state === 'answered') return progress.response;
    if (progress.state === 'running' && this.clock.now() - progress.since < this.#abandonedMs) throw running();
    // A request with a response of another visibility is probed like one with an unknown outcome, and sent only if it had no effect.
    const unknown = sealAll({ state: 'unknown' });
    const isTaken = await this.store.swap(location, found, claimed).catch((error: unknown) => {
      if (isUnavailable(error)) this.#unconfirmed.repeat(() => this.store.swap(location, claimed, unknown));
      throw error;
    });
    if (!isTaken) throw running();
    return this.#start(location, sealAll, claimed, unknown);
  }

  /** @param previous the texts to restore after a run without an effect; undefined: none */
  #start(
    location: KeyLocation,
    sealAll: (progress: Progress) => Texts,
    claimed: Texts,
    previous: Texts | undefined,
  ): Run {
    // Until the store confirms the change, the key stays "running", which counts as "unknown" after a minute.
    const replaceBy = async (next: Texts | undefined, finality?: Finality) => {
      const replace = async () => {
        const isReplaced = await this.store.swap(location, claimed, next, finality);
        // A failover of the store may have lost the claim. Where the key has another text by now, nothing changes.
        if (!isReplaced && next && finality !== 'rejected') await this.store.claim(location, next);
      };
      await replace().catch(() => this.#unconfirmed.repeat(replace));
    };
    const sealResponse = (response: StoredResponse) => sealAll({ state: 'answered', response });
    return {
      isRepeat: previous !== undefined,
      completed: (response) => {
        const { body: _tooLarge, ...rest } = response;
        const whole = sealResponse(response);
        return replaceBy(fits(whole) ? whole : sealResponse(rest), 'completed');
      },
      rejected: (response) => {
        const whole = sealResponse(response);
        // After a repeat the outcome of the earlier run stays uncertain, so its key is not freed early.
        return fits(whole) ? replaceBy(whole, previous ? 'completed' : 'rejected') : replaceBy(previous);
      },
      unknown: () => replaceBy(sealAll({ state: 'unknown' })),
      failed: () => replaceBy(previous),
    };
  }
}

function open(identity: RequestIdentity, text: FoundTexts[number]): readonly Progress[] {
  return text === undefined ? [] : [identity.open(text)];
}

function fits(texts: Texts): boolean {
  return texts.every(({ length }) => length <= MAX_TEXT_LENGTH);
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Problem && error.code === 'idempotency-unavailable';
}

function running(): Problem {
  return new Problem('idempotency-running', { retryAfterSeconds: 1 });
}
