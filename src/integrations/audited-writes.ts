import { actorOf } from '../audit/actor';
import type { AuditTrail } from '../audit/audit-trail';
import type { ResponseCache } from '../cache/response-cache';
import type { Clock } from '../clock/clock';
import type { RequestContext } from '../context/request-context';
import { toProblem } from '../hubster/hubster-failure';
import { Problem } from '../problems/problem';
import type { Change } from './changes';

/** What a write is about to do. */
export interface WriteIntent {
  readonly action: 'integration.create' | 'integration.update' | 'integration.delete';
  readonly target: { readonly type: 'hub' | 'integration'; readonly id: string };
  readonly changes: readonly Change[];
}

/**
 * The frame around every mutation (design 6, steps 3 to 6): the intent is durable before anything is sent (N3), the
 * tenant's cache generation is renewed before anything is answered, however it went (N4), and the outcome is recorded.
 */
export class AuditedWrites {
  constructor(
    private readonly audit: AuditTrail,
    private readonly cache: ResponseCache,
    private readonly clock: Clock,
  ) {}

  /** `send` resolves to what was written and the integration it turned out to be about. Throws `Problem`. */
  async run<T extends { readonly integrationId: string }>(
    context: RequestContext,
    intent: WriteIntent,
    send: () => Promise<T>,
  ): Promise<T> {
    const record = await this.audit.intent(actorOf(context), intent);
    context.tally.intents += 1;
    const started = this.clock.monotonic();
    const write = this.cache.beginWrite(context.tenant.id);
    const close = (end: {
      outcome: 'success' | 'refused' | 'failed' | 'unknown';
      status: number;
      code?: string;
      id?: string;
    }) => {
      const { id, ...rest } = end;
      void record.close({
        ...rest,
        ...(id !== undefined && { target: { type: 'integration', id } }),
        attempts: context.tally.attempts,
        durationMs: Math.round(this.clock.monotonic() - started),
      });
    };
    try {
      const written = await send();
      await write.end();
      close({ outcome: 'success', status: 200, id: written.integrationId });
      return written;
    } catch (error) {
      await write.end();
      const problem = toProblem(error, { write: true });
      close({ outcome: outcomeOf(problem), status: problem.status, code: problem.code });
      throw problem;
    }
  }
}

function outcomeOf(problem: Problem): 'refused' | 'failed' | 'unknown' {
  if (problem.details.outcome === 'unknown') return 'unknown';
  return problem.status < 500 ? 'refused' : 'failed';
}
