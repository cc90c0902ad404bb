import { randomBytes } from 'node:crypto';
import type { Cancellation } from '../clock/cancellation';
import type { Deadline } from '../context/deadline';
import type { RequestStats } from '../context/request-stats';
import type { Tenant } from '../context/tenant';
import type { JsonValue } from '../json/json-value';
import { writeJson } from '../json/write-json';
import { KNOWN_SECRETS } from '../secrets/known-secrets';
import type { Secret } from '../secrets/secret';
import type { Identity } from './identity/identity';
import { HubsterError } from './outcome/hubster-error';
import type { Method, Outcome, Succeeded } from './outcome/outcome';
import type { Policy, RepeatableCall } from './resilience/policy';
import type { Attempt } from './transport/attempt';
import type { HttpRequest } from './transport/http-request';
import { asJson, type ReadSteps } from './transport/read-response';

/** On whose behalf, and for how long, Hubster is asked; a `RequestContext` is one. */
export interface CallContext {
  readonly tenant: Tenant;
  readonly requestId: string;
  /** 32 hexadecimal digits (W3C Trace Context), where the caller sent one. */
  readonly traceId?: string | undefined;
  readonly deadline: Deadline;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: Cancellation | undefined;
  readonly stats?: RequestStats | undefined;
}

/** One of the calls that Hubster is known to take. */
export interface PortalOperation {
  readonly name: 'get' | 'list-by-channel' | 'list' | 'create' | 'update' | 'delete' | 'verify-token';
  /** A look settles what an ambiguous write left open. */
  readonly class: 'read' | 'write' | 'reconcile' | 'probe';
  readonly method: Method;
  /** From `/api` on, made of nothing but constants, GUIDs and channel names (S-001). */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of the answer's body. */
  readonly maxBytes: number;
}

/** Calls Hubster's portal as a tenant. */
export class HubsterClient {
  readonly #origin: string;
  /** Begins and ends with a slash. */
  readonly #basePath: string;

  constructor(
    private readonly policy: Policy,
    private readonly identity: Identity,
    private readonly attempt: Attempt,
    portalUrl: URL,
  ) {
    this.#origin = portalUrl.origin;
    this.#basePath = portalUrl.pathname;
  }

  /**
   * Resolves to the JSON of a 2xx, undefined for one without a body or the answer to a DELETE.
   * @throws {HubsterError} anything else, when retries are over
   */
  async call(
    context: CallContext,
    operation: PortalOperation,
  ): Promise<{ status: number; json: JsonValue | undefined }> {
    const { status, json } = await this.read(context, operation, asJson);
    return { status, json };
  }

  /** As `call`; what `read` makes of the JSON is made while the call still holds its place, as that is what bounds such work. */
  async read<T>(context: CallContext, operation: PortalOperation, read: ReadSteps<T>): Promise<Succeeded<T>> {
    const { tenant, deadline, signal, stats } = context;
    const { name, method } = operation;
    const call: RepeatableCall = { tenant, deadline, signal, class: operation.class, name, method };
    const kind = { name, call, read, ignoresBody: method === 'DELETE', stats };
    const outcome = await this.policy.repeat(call, () =>
      this.#withToken(call, (token) =>
        this.policy.send(call, (cut) => this.attempt.run(kind, this.#request(context, operation, token), cut)),
      ),
    );
    if (outcome.kind !== 'ok') throw new HubsterError(outcome, 'portalToken' in tenant.credentials);
    return outcome;
  }

  /** Whether Hubster fails a configured tenant so often that calls are held back. */
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

  /** Nothing of the caller but its request id and trace id goes to Hubster (S-002, S-003, S-013), cleaned of the tenant's secrets and of credentials. */
  #request({ tenant, requestId, traceId }: CallContext, operation: PortalOperation, token: Secret): HttpRequest {
    const { method, path, query, body, maxBytes } = operation;
    const clean = (text: string) => KNOWN_SECRETS.redactFor(tenant.id, text);
    return {
      method,
      origin: this.#origin,
      path: this.#basePath + path.slice(1) + (query ? `?${new URLSearchParams(query)}` : ''),
      headers: [
        'authorization',
        `Bearer ${token.reveal()}`,
        'content-type',
        'application/json',
        'x-request-id',
        clean(requestId),
        ...(traceId === undefined || clean(traceId) !== traceId ? [] : ['traceparent', traceparent(traceId)]),
      ],
      body: body === undefined ? undefined : writeJson(body),
      maxBytes,
    };
  }
}

/** A span of our own in the caller's trace; not recorded by us, so not flagged as sampled (W3C Trace Context, 3.2.2). */
function traceparent(traceId: string): string {
  return `00-${traceId}-${randomBytes(8).toString('hex')}-00`;
}
