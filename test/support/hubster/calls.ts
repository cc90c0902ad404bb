import type { Clock } from '../../../src/clock/clock';
import { Deadline } from '../../../src/context/deadline';
import type { Tenant } from '../../../src/context/tenant';
import type { CallClass, ErrorResponse, Outcome, Succeeded } from '../../../src/hubster/outcome/outcome';
import type { RepeatableCall } from '../../../src/hubster/resilience/policy';
import { Secret } from '../../../src/secrets/secret';

export const OK: Succeeded = { kind: 'ok', status: 200, json: {} };

export const UNAVAILABLE: ErrorResponse = { kind: 'unavailable', phase: 'portal', status: 503, errors: [] };

export const rateLimited = (retryAfterMs: number): ErrorResponse => ({
  kind: 'rate-limited',
  phase: 'portal',
  status: 429,
  errors: [],
  retryAfterMs,
});

export function tenantNamed(id: string, clientSecret = 'client-secret-canary'): Tenant {
  if (id.startsWith('own:')) return { id, credentials: { portalToken: Secret.of(id) }, visibility: id };
  return {
    id,
    credentials: { clientId: `hubster.portal.api.${id}`, clientSecret: Secret.of(clientSecret) },
    visibility: id,
  };
}

export interface CallOptions {
  readonly tenant?: string;
  readonly class?: CallClass;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

export function callAt(clock: Clock, options: CallOptions = {}): RepeatableCall {
  const callClass = options.class ?? 'read';
  return {
    name: callClass === 'write' ? 'create' : 'get',
    method: callClass === 'write' ? 'POST' : 'GET',
    class: callClass,
    tenant: tenantNamed(options.tenant ?? 'acme'),
    deadline: Deadline.after(clock, options.deadlineMs ?? 8000),
    ...(options.signal && { signal: options.signal }),
  };
}

/** An attempt that ends when the test sets its outcome. */
export class OpenAttempt {
  #settle: (outcome: Outcome) => void = () => undefined;
  isRunning = false;
  outcome: Outcome | undefined;

  readonly next = (): Promise<Outcome> => {
    this.isRunning = true;
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  };

  settle(outcome: Outcome = OK): void {
    this.isRunning = false;
    this.#settle(outcome);
  }
}
