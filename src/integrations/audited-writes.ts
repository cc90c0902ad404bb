import { Injectable } from '@nestjs/common';
import { AuditTrail, actorOf, type OpenIntent } from '../audit/audit-trail';
import type { AuditResult, Change } from '../audit/record';
import { type InFlightWrite, ResponseCache } from '../cache/response-cache';
import { Clock } from '../clock/clock';
import type { RequestContext } from '../context/request-context';
import { inSpan } from '../context/span';
import { toProblem } from '../hubster/outcome/hubster-error';
import type { Problem } from '../problems/problem';
import { affectedBy } from './hub-rules';
import { actualChanges, type IntegrationView } from './integration-view';
import { BackgroundReconciler } from './reconciliation/background-reconciler';
import { type ReconcilableWrite, Reconciler } from './reconciliation/reconciler';

/** A write before it is sent. */
interface WriteIntent {
  /** Given if the id was needed before the intent was recorded. */
  readonly id?: string;
  readonly action: 'integration.create' | 'integration.update' | 'integration.delete';
  readonly target: { readonly type: 'hub' | 'integration'; readonly id: string };
  /** The hub of the integration. */
  readonly hubId: string;
  readonly changes: readonly Change[];
}

interface Written {
  readonly integrationId: string;
}

/** A write whose intent is recorded. */
interface OpenWrite<T extends Written> {
  readonly context: RequestContext;
  readonly write: ReconcilableWrite<T>;
  readonly record: OpenIntent;
  readonly cached: InFlightWrite;
  /** The part of the outcome's record that describes the written integration. */
  readonly recordOf: (written: T) => { readonly target: WriteIntent['target']; readonly changes?: readonly Change[] };
  /** Clock.monotonic() when it began. */
  readonly started: number;
}

/**
 * The steps around every mutation (docs/decisions/0010): the intent is durable before anything is sent (N3), the tenant's cache
 * generation is renewed before the response, whatever the outcome (N4), and the outcome is recorded. If the caller received
 * "unknown", a second outcome is recorded when the real one is found.
 */
@Injectable()
export class AuditedWrites {
  constructor(
    private readonly audit: AuditTrail,
    private readonly cache: ResponseCache,
    private readonly reconciler: Reconciler,
    private readonly background: BackgroundReconciler,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves to what was written. `view` makes a view of it, `before` is the view from before the write: their difference is recorded.
   * Throws `Problem`.
   */
  async run<T extends Written>(
    context: RequestContext,
    intent: WriteIntent,
    write: ReconcilableWrite<T>,
    view?: (written: T) => IntegrationView,
    before?: IntegrationView,
  ): Promise<T> {
    const { id, hubId, ...recorded } = intent;
    const record = await inSpan(context.span, 'audit', () => this.audit.intent(actorOf(context), recorded, id));
    context.stats.intents += 1;
    const open: OpenWrite<T> = {
      ...{ context, write, record },
      cached: this.cache.beginWrite(context.tenant.id, affectedBy(hubId, integrationOf(intent))),
      recordOf: (written) => ({
        target: { type: 'integration', id: written.integrationId },
        ...(view && { changes: actualChanges(intent.changes, before, view(written)) }),
      }),
      started: this.clock.monotonic(),
    };
    try {
      const written = await this.reconciler.execute(context, write);
      await open.cached.complete(affectedBy(hubId, written.integrationId));
      this.#close(open, { outcome: 'success', status: 200, ...open.recordOf(written) });
      return written;
    } catch (error) {
      throw await this.#fail(
        open,
        toProblem(error, { write: true, mayConflict: intent.action !== 'integration.delete' }),
      );
    }
  }

  async #fail<T extends Written>(open: OpenWrite<T>, problem: Problem): Promise<Problem> {
    const isUnknown = problem.details.outcome === 'unknown';
    const { candidate } = problem.details;
    await (isUnknown ? open.cached.invalidate() : open.cached.complete());
    this.#close(open, {
      outcome: outcomeOf(problem),
      status: problem.status,
      code: problem.code,
      ...(candidate !== undefined && { target: { type: 'integration', id: candidate } }),
    });
    if (isUnknown) this.#reconcileInBackground(open, problem);
    return problem;
  }

  /** For a write whose caller received "unknown". Beyond the limit of the reconciler it is only kept out of the cache for as long. */
  #reconcileInBackground<T extends Written>(open: OpenWrite<T>, problem: Problem): void {
    if (this.background.hasCapacity(open.context.tenant.id)) return void this.#reconcileLater(open, problem);
    const { cached } = open;
    void this.background.untilProcessed().then(() => cached.complete());
  }

  /** The cache keeps nothing for the tenant until the real outcome is found or the reconciler gives up. */
  async #reconcileLater<T extends Written>(open: OpenWrite<T>, { status, code }: Problem): Promise<void> {
    const found = await this.background.reconcile(open.context, open.write);
    // The whole tenant, as it was invalidated.
    await open.cached.complete();
    if (found.outcome === 'unknown') return;
    const details = found.outcome === 'success' ? open.recordOf(found.written) : { code };
    this.#close(open, { outcome: found.outcome, status, ...details });
  }

  /** Not waited for: it never rejects, and is kept while the store is away. */
  #close<T extends Written>({ context, started, record }: OpenWrite<T>, result: AuditResult): void {
    const durationMs = Math.round(this.clock.monotonic() - started);
    const effort = { attempts: context.stats.attempts, durationMs };
    void inSpan(context.span, 'audit', () => record.close({ ...result, ...effort }));
  }
}

function outcomeOf(problem: Problem): 'refused' | 'failed' | 'unknown' {
  if (problem.details.outcome === 'unknown') return 'unknown';
  return problem.status < 500 ? 'refused' : 'failed';
}

function integrationOf({ target }: Pick<WriteIntent, 'target'>): string | undefined {
  return target.type === 'integration' ? target.id : undefined;
}
