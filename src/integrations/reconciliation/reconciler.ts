import { Injectable } from '@nestjs/common';
import { Clock } from '../../clock/clock';
import type { RequestContext } from '../../context/request-context';
import { HubsterError } from '../../hubster/outcome/hubster-error';
import { Problem } from '../../problems/problem';

/** The pause before each probe, in milliseconds (S-762). */
const PAUSES_MS = [250, 500, 1000, 2000, 4000];
const PROBES_BEFORE_REPEAT = 2;
/** As many as the attempts of a call; with two, one create in fifty stays unknown where 15 % of them fail. */
const MAX_SENDS = 3;
/** With less time left, sending again would only result in another unknown outcome. */
const LEAST_LEFT_MS = 3000;

/** The result of a probe, for a write whose own response was ambiguous (S-762, S-307, S-320). */
export type ProbeResult<T> =
  | { readonly kind: 'done'; readonly written: T }
  /** It was not done and will not be: something else is there. */
  | { readonly kind: 'rejected'; readonly problem: Problem }
  /** An integration that may be the one that was written, without proof (S-253). */
  | { readonly kind: 'candidate'; readonly integrationId: string }
  | {
      readonly kind: 'open';
      /** Everything is as it was before the write. */
      readonly isUntouched: boolean;
      /** Sending it again now would do no harm. */
      readonly mayRepeat: boolean;
    };

/** The result of a probe that failed. */
const NOT_SEEN = { kind: 'open', isUntouched: false, mayRepeat: false } as const;

/** A mutation with a probe that finds out whether it was carried out. */
export interface ReconcilableWrite<T> {
  /** It may have been carried out before, so a probe comes before it is sent. */
  readonly isRepeat?: boolean;
  /** Sends it once. Throws `HubsterError`. */
  send(call: RequestContext): Promise<T>;
  /** Changes nothing. Throws `HubsterError`. */
  probe(call: RequestContext): Promise<ProbeResult<T>>;
}

/** Carries a write out exactly once: an ambiguous outcome is reconciled by probes, within the deadline (N5, docs/decisions/0009). */
@Injectable()
export class Reconciler {
  constructor(private readonly clock: Clock) {}

  /**
   * Makes no other call if the response to the write is clear.
   * @throws {HubsterError} a clear rejection
   * @throws {Problem} `name-taken`, or `upstream-timeout` with `outcome: unknown`
   */
  async execute<T>(call: RequestContext, write: ReconcilableWrite<T>): Promise<T> {
    if (write.isRepeat) return this.#reconcile(call, write);
    try {
      return await write.send(call);
    } catch (error) {
      if (!(error instanceof HubsterError) || !error.isAmbiguousWrite) throw error;
      return this.#reconcile(call, write, error);
    }
  }

  /** Probes after each ambiguous attempt; sends again when two probes found no trace of it. A rejection counts after two probes. */
  async #reconcile<T>(call: RequestContext, write: ReconcilableWrite<T>, ambiguous?: HubsterError): Promise<T> {
    let failure = ambiguous;
    for (let sends = 1; ; sends += 1) {
      const found = await this.#probe(call, write, failure, sends < MAX_SENDS);
      if (found) return found.written;
      try {
        return await write.send(call);
      } catch (error) {
        // The attempts before stay ambiguous, whatever the response to this one.
        if (!(error instanceof HubsterError)) throw error;
        failure = error;
      }
    }
  }

  /** The result of the write; undefined if it may be sent again. */
  async #probe<T>(
    call: RequestContext,
    write: ReconcilableWrite<T>,
    failure: HubsterError | undefined,
    mayRepeat: boolean,
  ): Promise<{ readonly written: T } | undefined> {
    let probesWithoutTrace = 0;
    for (const pauseMs of PAUSES_MS) {
      if (pauseMs >= call.deadline.remaining) break;
      await this.clock.sleep(pauseMs);
      const probeResult = await probeQuietly(call, write);
      if (probeResult.kind === 'done') return probeResult;
      if (probeResult.kind === 'rejected') throw probeResult.problem;
      if (probeResult.kind === 'candidate') throw unknown(failure, probeResult.integrationId);
      if (probeResult.isUntouched || probeResult.mayRepeat) probesWithoutTrace += 1;
      if (probesWithoutTrace < PROBES_BEFORE_REPEAT) continue;
      if (failure?.isRejection && probeResult.isUntouched) throw failure;
      if (mayRepeat && probeResult.mayRepeat && call.deadline.remaining >= LEAST_LEFT_MS) return undefined;
    }
    throw unknown(failure);
  }
}

/** A probe that fails proves nothing, and does not end the reconciliation. */
export function probeQuietly<T>(call: RequestContext, write: ReconcilableWrite<T>): Promise<ProbeResult<T>> {
  return write.probe(call).catch((error: unknown) => {
    if (error instanceof HubsterError) return NOT_SEEN;
    throw error;
  });
}

/** Not retryable, as sending it again may double it; for a request with an Idempotency-Key the idempotency hook changes that. */
function unknown(cause: unknown, candidate?: string): Problem {
  const found = candidate === undefined ? {} : { candidate };
  return new Problem('upstream-timeout', { outcome: 'unknown', retryable: false, cause, ...found });
}
