import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock';
import type { RequestContext } from '../context/request-context';
import { SecretKeys } from '../secrets/secret-keys';
import type { AuditAction, AuditActor, AuditIntent, AuditRecord, AuditResult, AuditTarget } from './record';
import { type CallerRejection, CallerRejections, UnauthenticatedThrottle } from './recording/record-throttle';
import { Recorder } from './recording/recorder';
import { serialise } from './recording/serialise';

/** A mutation whose intent is recorded. */
export interface OpenIntent {
  readonly id: string;
  /**
   * Records the outcome. Never rejects, and need not be awaited: while the store is away the record is kept in memory. May be
   * called again when the real outcome is found later.
   */
  close(result: AuditResult): Promise<void>;
}

/** A request that was rejected before its tenant and caller were known. */
interface UnauthenticatedRequest {
  readonly address: string;
  readonly requestId: string;
  readonly traceId?: string;
  readonly target?: AuditTarget;
}

type RecordContent = Omit<AuditRecord, 'id' | keyof AuditActor>;

/** Records who did what. */
@Injectable()
export class AuditTrail {
  readonly #unauthenticated: UnauthenticatedThrottle;
  readonly #callers: CallerRejections;
  #openIntents = 0;
  #sealed: Promise<void> | undefined;

  constructor(
    private readonly recorder: Recorder,
    clock: Clock,
    private readonly keys: SecretKeys,
  ) {
    this.#unauthenticated = new UnauthenticatedThrottle(clock, (address, count) =>
      this.#recordUnauthenticated({ address, requestId: randomUUID() }, count),
    );
    this.#callers = new CallerRejections(clock, (actor, rejection) =>
      this.#recordUnawaited({ ...actor, requestId: randomUUID() }, rejection),
    );
  }

  /** Whether the trail was written since the start; before that the service is not ready. */
  get hasStarted(): boolean {
    return this.recorder.hasStored;
  }

  /** Resolves when `hasStarted` becomes true. */
  get started(): Promise<void> {
    return this.recorder.firstStored;
  }

  /** At the start: opens the trail, so that a trail that cannot be written is noticed before the first write. Never rejects. */
  start(): Promise<void> {
    return this.recorder.start();
  }

  /** False while records are rejected: writes get 503, reads continue. */
  get isAvailable(): boolean {
    return this.recorder.isAvailable;
  }

  /**
   * Resolves when the intent is durable; only then may anything be sent to Hubster (N3). Throws `audit-unavailable`
   * within 2 s otherwise; an outcome for the rejected write is then recorded as soon as the store is back.
   */
  async intent(actor: AuditActor, intent: AuditIntent, id: string = randomUUID()): Promise<OpenIntent> {
    const open = this.#counted(this.reopen(id, actor, intent));
    try {
      await this.#record(id, actor, { ...intent, phase: 'intent' });
    } catch (problem) {
      void open.close({ outcome: 'refused', status: 503, code: 'audit-unavailable' });
      throw problem;
    }
    return open;
  }

  /** An intent that an earlier process left open, to record its outcome. */
  reopen(id: string, actor: AuditActor, { action, target }: AuditIntent): OpenIntent {
    return {
      id,
      close: (result) =>
        this.#record(randomUUID(), actor, { target, ...result, action, phase: 'outcome', intentId: id }, true).catch(
          () => undefined,
        ),
    };
  }

  /**
   * One record for an action without an intent: rejections, purges, reads of the trail. Resolves when it is durable, throws
   * `audit-unavailable` within 2 s otherwise. Rejections are not awaited.
   */
  event(actor: AuditActor, event: AuditResult & { readonly action: AuditAction }): Promise<void> {
    return this.#record(randomUUID(), actor, { ...event, phase: 'event' });
  }

  /** A 401. Belongs to no tenant and is not awaited; many from one address share a line. */
  unauthenticated(request: UnauthenticatedRequest): void {
    if (this.#unauthenticated.admit(request.address)) this.#recordUnauthenticated(request);
  }

  /** A request of a known caller that was rejected before anything was done. Not awaited; many of one caller share a record. */
  rejected(actor: AuditActor, rejection: CallerRejection): void {
    if (this.#callers.admit(actor, rejection)) this.#recordUnawaited(actor, rejection);
  }

  /** Whether a mutation of this process has no outcome yet, even if its caller has disconnected. */
  get hasOpenIntents(): boolean {
    return this.#openIntents > 0;
  }

  /** At shutdown: stores queued records and ends the chain, once. Nothing is recorded afterwards. */
  seal(): Promise<void> {
    this.#unauthenticated.close();
    this.#callers.close();
    this.#sealed ??= this.recorder.seal();
    return this.#sealed;
  }

  /** Counted until its first outcome is stored; later ones are corrections. */
  #counted(intent: OpenIntent): OpenIntent {
    let isOpen = true;
    this.#openIntents += 1;
    return {
      id: intent.id,
      close: async (result) => {
        await intent.close(result);
        if (isOpen) this.#openIntents -= 1;
        isOpen = false;
      },
    };
  }

  #recordUnawaited(actor: AuditActor, rejection: CallerRejection): void {
    this.event(actor, rejection).catch(() => undefined);
  }

  #recordUnauthenticated(request: UnauthenticatedRequest, count?: number): void {
    const actor = { tenant: null, caller: null, ...request };
    const rejection = { outcome: 'refused', status: 401, code: 'unauthenticated' } as const;
    const content: RecordContent = {
      ...{ phase: 'event', action: 'access.refused', ...rejection },
      ...(request.target && { target: request.target }),
      ...(count !== undefined && { count }),
    };
    this.#record(randomUUID(), actor, content).catch(() => undefined);
  }

  /** Callers without a tenant share one part of the queue. */
  #record(id: string, actor: AuditActor, content: RecordContent, isKept = false): Promise<void> {
    return this.recorder.record(serialise({ ...actor, ...content, id }, this.keys), isKept, actor.tenant ?? '');
  }
}

export function actorOf(context: RequestContext): AuditActor {
  const { requestId, traceId, caller, tenant, address, onBehalfOf } = context;
  return {
    tenant: tenant.id,
    caller: caller.id,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    requestId,
    ...(traceId !== undefined && { traceId }),
    address,
  };
}
