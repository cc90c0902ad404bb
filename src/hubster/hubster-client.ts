import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { HubsterAddresses } from '../config/config';
import type { Deadline, RequestStats } from '../context/request-context';
import type { Tenant } from '../context/tenant';
import { type JsonValue, writeJson } from '../json/json-value';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import type { Secret } from '../secrets/secret';
import { addressesOf } from './addresses';
import { Identity } from './identity/identity';
import { HubsterError } from './outcome/hubster-error';
import type { Method, Outcome, Succeeded } from './outcome/outcome';
import { Policy, type RepeatableCall } from './resilience/policy';
import { Attempt, type HttpRequest } from './transport/attempt';
import { asJson, type ReadSteps } from './transport/read-response';

/** The tenant, the deadline and the ids of a call; a `RequestContext` is one. */
export interface CallContext {
  readonly tenant: Tenant;
  readonly requestId: string;
  /** 32 hexadecimal digits (W3C Trace Context), if the caller sent one. */
  readonly traceId?: string | undefined;
  readonly deadline: Deadline;
  /** Aborted when nobody waits for the response any more. */
  readonly signal?: AbortSignal | undefined;
  readonly stats?: RequestStats | undefined;
}

/** One of Hubster's documented operations. */
export interface PortalOperation {
  readonly name: 'get' | 'list-by-channel' | 'list' | 'create' | 'update' | 'delete' | 'verify-token';
  /** `reconcile`: a probe after an ambiguous write. `probe`: the check of a new portal token. */
  readonly class: 'read' | 'write' | 'reconcile' | 'probe';
  readonly method: Method;
  /** From `/api` on, built from constants, GUIDs and channel names only (S-001). */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of the response body. */
  readonly maxBytes: number;
}

/** Calls Hubster's portal as a tenant. */
@Injectable()
export class HubsterClient {
  constructor(
    private readonly policy: Policy,
    private readonly identity: Identity,
    private readonly attempt: Attempt,
    private readonly addresses: HubsterAddresses,
  ) {}

  /**
   * Resolves to the JSON of a 2xx; undefined for a response without a body and for a DELETE.
   * @throws {HubsterError} for any other outcome, after the last retry
   */
  async call(
    context: CallContext,
    operation: PortalOperation,
  ): Promise<{ status: number; json: JsonValue | undefined }> {
    const { status, json } = await this.read(context, operation, asJson);
    return { status, json };
  }

  /** Like `call`, with the JSON converted by `read`. The call keeps its slot of the bulkhead meanwhile, which limits such work. */
  async read<T>(context: CallContext, operation: PortalOperation, read: ReadSteps<T>): Promise<Succeeded<T>> {
    const { tenant, deadline, signal, stats, requestId } = context;
    const { name, method } = operation;
    const call: RepeatableCall = { tenant, deadline, signal, class: operation.class, name, method, requestId };
    const kind = { name, call, read, ignoresBody: method === 'DELETE', stats };
    const outcome = await this.policy.repeat(call, () =>
      this.#withToken(call, (token) =>
        this.policy.send(call, (timeoutMs) =>
          this.attempt.run(kind, this.#request(context, operation, token), timeoutMs),
        ),
      ),
    );
    if (outcome.kind !== 'ok') throw new HubsterError(outcome, 'portalToken' in tenant.credentials);
    return outcome;
  }

  /** Whether Hubster fails so often for a configured tenant that calls are short-circuited. */
  get isDegraded(): boolean {
    return this.policy.isDegraded;
  }

  /** One renewal and one replay after a 401 (S-006). */
  async #withToken<T>(call: RepeatableCall, send: (token: Secret) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const first = await this.identity.token(call);
    if (first.kind !== 'token') return first;
    const outcome = await send(first.token);
    if (outcome.kind === 'ok') this.identity.accepted(call);
    if (outcome.kind !== 'unauthorized') return outcome;
    const second = await this.identity.replace(call, first.token);
    if (second?.kind !== 'token') return second ?? outcome;
    const replayed = await send(second.token);
    if (replayed.kind === 'ok') this.identity.accepted(call);
    return replayed;
  }

  /** Of the caller's headers only request id and trace id are sent (S-002, S-003, S-013), with credentials and the tenant's secrets redacted. */
  #request({ tenant, requestId, traceId }: CallContext, operation: PortalOperation, token: Secret): HttpRequest {
    const { method, path, query, body, maxBytes } = operation;
    const { portalUrl } = addressesOf(tenant.credentials, this.addresses);
    const redacted = (text: string) => KNOWN_SECRETS.redactFor(tenant.id, text);
    return {
      method,
      url: portalUrl.href + path.slice(1) + (query ? `?${new URLSearchParams(query)}` : ''),
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token.reveal()}`,
        'content-type': 'application/json',
        'x-request-id': redacted(requestId),
        ...(traceId !== undefined && redacted(traceId) === traceId && { traceparent: traceparent(traceId) }),
      },
      data: body === undefined ? undefined : writeJson(body),
      maxContentLength: maxBytes,
    };
  }
}

/** A new span in the caller's trace. We do not record it, so the sampled flag is 0 (W3C Trace Context, 3.2.2). */
function traceparent(traceId: string): string {
  return `00-${traceId}-${randomBytes(8).toString('hex')}-00`;
}
