import type { Clock } from '../../clock/clock';
import type { RequestContext } from '../../context/request-context';
import { HubsterError } from '../../hubster/outcome/hubster-error';
import { Problem } from '../../problems/problem';
import { NOT_SEEN, type ProbeResult, type ReconcilableWrite } from './probe-result';

/** The pause before each probe, in milliseconds (S-762). */
const PAUSES_MS = [250, 500, 1000, 2000, 4000];
const PROBES_BEFORE_REPEAT = 2;
/** As often as any call; with two, one create in fifty stays unknown where 15 % of them fail. */
const MAX_SENDS = 3;
/** With less left, sending again would only make another unknown outcome. */
const LEAST_LEFT_MS = 3000;

/** Carries a write out exactly once: what its answer leaves open is settled by looking, inside its deadline (N5, docs/decisions/0009). */
export class Reconciler {
  constructor(private readonly clock: Clock) {}

  /**
   * No call beside the write's own when its answer is clear.
   * @throws {HubsterError} a clear refusal
   * @throws {Problem} `name-taken`, or `upstream-timeout` with `outcome: unknown`
   */
  async execute<T>(call: RequestContext, write: ReconcilableWrite<T>): Promise<T> {
    if (write.isRepeat) return this.reconcile(call, write);
    try {
      return await write.send(call);
    } catch (error) {
      if (!(error instanceof HubsterError) || !error.isAmbiguousWrite) throw error;
      return this.reconcile(call, write, error);
    }
  }

  /** Looks after each ambiguous attempt; sends again when two probes found no trace of it. A refusal counts after two probes. */
  private async reconcile<T>(call: RequestContext, write: ReconcilableWrite<T>, ambiguous?: HubsterError): Promise<T> {
    let failure = ambiguous;
    for (let sends = 1; ; sends += 1) {
      const settled = await this.probe(call, write, failure, sends < MAX_SENDS);
      if (settled) return settled.written;
      try {
        return await write.send(call);
      } catch (error) {
        // What was ambiguous before it stays so, whatever this one was told.
        if (!(error instanceof HubsterError)) throw error;
        failure = error;
      }
    }
  }

  /** What was written, or nothing when it may be sent again. */
  private async probe<T>(
    call: RequestContext,
    write: ReconcilableWrite<T>,
    failure: HubsterError | undefined,
    mayRepeat: boolean,
  ): Promise<{ readonly written: T } | undefined> {
    let inVain = 0;
    for (const pauseMs of PAUSES_MS) {
      if (pauseMs >= call.deadline.remaining) break;
      await this.clock.sleep(pauseMs);
      const probeResult = await probeQuietly(call, write);
      if (probeResult.kind === 'done') return probeResult;
      if (probeResult.kind === 'refused') throw probeResult.problem;
      if (probeResult.kind === 'candidate') throw unknown(failure, probeResult.integrationId);
      if (probeResult.isUntouched || probeResult.mayRepeat) inVain += 1;
      if (inVain < PROBES_BEFORE_REPEAT) continue;
      if (failure?.isRefusal && probeResult.isUntouched) throw failure;
      if (mayRepeat && probeResult.mayRepeat && call.deadline.remaining >= LEAST_LEFT_MS) return undefined;
    }
    throw unknown(failure);
  }
}

/** A probe that fails tells nothing, and is no reason to stop. */
export function probeQuietly<T>(call: RequestContext, write: ReconcilableWrite<T>): Promise<ProbeResult<T>> {
  return write.probe(call).catch((error: unknown) => {
    if (error instanceof HubsterError) return NOT_SEEN;
    throw error;
  });
}

/** Sending it again may double it; whoever gave an Idempotency-Key is told otherwise by who keeps that. */
function unknown(cause: unknown, candidate?: string): Problem {
  const found = candidate === undefined ? {} : { candidate };
  return new Problem('upstream-timeout', { outcome: 'unknown', retryable: false, cause, ...found });
}
