import type { Clock } from '../../clock/clock';
import type { RequestContext } from '../../context/request-context';
import { HubsterFailure } from '../../hubster/outcome/hubster-error';
import { Problem } from '../../problems/problem';
import { type SettledWrite, type Sighting, UNSEEN } from './probe-result';

/** The pause before each look, in milliseconds (S-762). */
const PAUSES_MS = [250, 500, 1000, 2000, 4000];
const LOOKS_BEFORE_REPEAT = 2;
/** As often as any call; with two, one create in fifty stays unknown where 15 % of them fail. */
const MAX_SENDS = 3;
/** With less left, sending again would only make another unknown outcome. */
const LEAST_LEFT_MS = 3000;

/** Carries a write out exactly once: what its answer leaves open is settled by looking, inside its deadline (N5, docs/decisions/0009). */
export class Settlement {
  constructor(private readonly clock: Clock) {}

  /**
   * No call beside the write's own when its answer is clear.
   * @throws {HubsterFailure} a clear refusal
   * @throws {Problem} `name-taken`, or `upstream-timeout` with `outcome: unknown`
   */
  async carryOut<T>(call: RequestContext, write: SettledWrite<T>): Promise<T> {
    if (write.isRepeat) return this.settle(call, write);
    try {
      return await write.send(call);
    } catch (error) {
      if (!(error instanceof HubsterFailure) || !error.isAmbiguousWrite) throw error;
      return this.settle(call, write, error);
    }
  }

  /** Looks after each ambiguous attempt; sends again when two looks found no trace of it. A refusal counts after two looks. */
  private async settle<T>(call: RequestContext, write: SettledWrite<T>, ambiguous?: HubsterFailure): Promise<T> {
    let failure = ambiguous;
    for (let sends = 1; ; sends += 1) {
      const settled = await this.lookFor(call, write, failure, sends < MAX_SENDS);
      if (settled) return settled.written;
      try {
        return await write.send(call);
      } catch (error) {
        // What was ambiguous before it stays so, whatever this one was told.
        if (!(error instanceof HubsterFailure)) throw error;
        failure = error;
      }
    }
  }

  /** What was written, or nothing when it may be sent again. */
  private async lookFor<T>(
    call: RequestContext,
    write: SettledWrite<T>,
    failure: HubsterFailure | undefined,
    mayRepeat: boolean,
  ): Promise<{ readonly written: T } | undefined> {
    let inVain = 0;
    for (const pauseMs of PAUSES_MS) {
      if (pauseMs >= call.deadline.remaining) break;
      await this.clock.sleep(pauseMs);
      const sighting = await lookQuietly(call, write);
      if (sighting.kind === 'done') return sighting;
      if (sighting.kind === 'refused') throw sighting.problem;
      if (sighting.kind === 'candidate') throw unknown(failure, sighting.integrationId);
      if (sighting.isUntouched || sighting.mayRepeat) inVain += 1;
      if (inVain < LOOKS_BEFORE_REPEAT) continue;
      if (failure?.isRefusal && sighting.isUntouched) throw failure;
      if (mayRepeat && sighting.mayRepeat && call.deadline.remaining >= LEAST_LEFT_MS) return undefined;
    }
    throw unknown(failure);
  }
}

/** A look that fails tells nothing, and is no reason to stop. */
export function lookQuietly<T>(call: RequestContext, write: SettledWrite<T>): Promise<Sighting<T>> {
  return write.look(call).catch((error: unknown) => {
    if (error instanceof HubsterFailure) return UNSEEN;
    throw error;
  });
}

/** Sending it again may double it; whoever gave an Idempotency-Key is told otherwise by who keeps that. */
function unknown(cause: unknown, candidate?: string): Problem {
  const found = candidate === undefined ? {} : { candidate };
  return new Problem('upstream-timeout', { outcome: 'unknown', retryable: false, cause, ...found });
}
