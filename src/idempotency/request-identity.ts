import type { QuotaOwner } from '../context/quota';
import { Problem } from '../problems/problem';
import { seal, unseal } from '../secrets/seal';
import type { SecretKeys } from '../secrets/secret-keys';
import { type KeyState, type Progress, readKeyState } from './key-state';

/** A request with an `Idempotency-Key`. */
export interface KeyedRequest {
  /** The owner of the quota that its state uses. */
  readonly owner: QuotaOwner;
  readonly tenant: string;
  /** `Tenant.visibility` under each configured `SECRET_KEY`. */
  readonly visibilities: readonly string[];
  readonly caller: string;
  /** Method and path. */
  readonly route: string;
  readonly key: string;
  /** Stored only as a keyed hash. */
  readonly body: string;
}

/** A keyed request under one `SECRET_KEY`: the id of its state, and the seal of that state. */
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
   * A text that cannot be opened gives no protection, so the request is rejected rather than run again.
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
