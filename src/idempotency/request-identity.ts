import type { QuotaOwner } from '../context/quota-owner';
import { Problem } from '../problems/problem';
import { seal, unseal } from '../secrets/seal';
import type { SecretKeys } from '../secrets/secret-keys';
import { type KeyState, type Progress, readKeyState } from './key-state';

/** A request with an `Idempotency-Key`. */
export interface KeyedRequest {
  /** Who is charged for what is kept of it. */
  readonly owner: QuotaOwner;
  readonly tenant: string;
  /** What the tenant may see (see `Tenant.visibility`), under each `SECRET_KEY` that is known. */
  readonly visibilities: readonly string[];
  readonly caller: string;
  /** Verb and path. */
  readonly route: string;
  readonly key: string;
  /** Only a keyed hash of it is kept. */
  readonly body: string;
}

/** A keyed request under one `SECRET_KEY`: where its state is kept, and how it is sealed there. */
export class RequestIdentity {
  readonly id: string;
  readonly #request: string;
  readonly #context: string;

  constructor(
    private readonly keys: SecretKeys,
    { tenant, caller, route, key, body }: KeyedRequest,
    private readonly visibility: string,
  ) {
    this.id = this.#mac('location', tenant, caller, route, key);
    this.#request = this.#mac('request', body);
    this.#context = `idempotency/${tenant}/${this.id}`;
  }

  seal(progress: Progress): string {
    const state: KeyState = { ...progress, request: this.#request, visibility: this.visibility };
    return seal(this.keys, this.#context, JSON.stringify(state));
  }

  /**
   * What does not open protects nobody: it is refused rather than run again.
   * @throws {Problem} `idempotency-unavailable`, or `idempotency-mismatch` for the state of another request
   */
  open(text: string): Progress {
    const opened = unseal(this.keys, this.#context, text);
    const state = opened && readKeyState(opened.reveal());
    if (!state) throw new Problem('idempotency-unavailable');
    if (state.request !== this.#request) throw new Problem('idempotency-mismatch');
    return state.state === 'answered' && state.visibility !== this.visibility ? { state: 'outdated' } : state;
  }

  #mac(...parts: readonly string[]): string {
    return this.keys.mac('idempotency', ...parts).toString('base64url');
  }
}
