import type { Context } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Clock } from '../../clock/clock';
import { KNOWN_SECRETS } from '../../secrets/known-secrets';
import { logEvent } from '../log/log-events';
import type { Logger } from '../log/logger';
import type { Metrics } from '../metrics/metrics';
import { transportCauseOf } from '../transport-cause';

type ExportCallback = Parameters<SpanExporter['export']>[1];

/** Why a span is dropped: too many wait, the collector has not taken them, or the caller's trace id or state is a secret. */
type Dropped = 'queue-full' | 'export-failed' | 'secret';

const REPORT_EVERY_MS = 60_000;

/** Counts spans by what becomes of them, and logs those that are dropped, once a minute. */
export class SpanCount {
  #unreported = 0;
  #reportsAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly metrics: Metrics,
    private readonly logger: Logger,
    private readonly clock: Clock,
  ) {}

  exported(spans: number): void {
    this.metrics.spans.count({ result: 'exported' }, spans);
  }

  /** `cause` is of a closed set: errors of the exporter may contain the collector's address and response. */
  dropped(result: Dropped, spans: number, cause?: string): void {
    this.metrics.spans.count({ result }, spans);
    this.#unreported += spans;
    if (this.clock.monotonic() < this.#reportsAt) return;
    this.#reportsAt = this.clock.monotonic() + REPORT_EVERY_MS;
    logEvent(this.logger, 'traces.dropped', { spans: this.#unreported, reason: result, ...(cause && { cause }) });
    this.#unreported = 0;
  }
}

/** The exporter of the SDK without spans that show a secret (N1). */
export class WatchedExporter implements SpanExporter {
  constructor(
    private readonly exporter: SpanExporter,
    private readonly count: SpanCount,
    /** Called with the number of spans that wait no longer. */
    private readonly onTaken: (spans: number) => void,
  ) {}

  export(spans: ReadableSpan[], done: ExportCallback): void {
    this.onTaken(spans.length);
    const clean = spans.filter((span) => !showsSecret(span));
    if (clean.length < spans.length) this.count.dropped('secret', spans.length - clean.length);
    if (clean.length === 0) return void done({ code: 0 });
    this.exporter.export(clean, (result) => {
      if (result.code === 0) this.count.exported(clean.length);
      else this.count.dropped('export-failed', clean.length, causeOf(result.error));
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }
}

/** In front of the processor of the SDK, which drops spans beyond its limit without a count. */
export class LimitedProcessor implements SpanProcessor {
  #waiting = 0;

  constructor(
    private readonly processor: SpanProcessor,
    private readonly maxWaiting: number,
    private readonly count: SpanCount,
  ) {}

  onStart(span: Span, context: Context): void {
    this.processor.onStart(span, context);
  }

  onEnd(span: ReadableSpan): void {
    if (this.#waiting >= this.maxWaiting) return void this.count.dropped('queue-full', 1);
    this.#waiting += 1;
    this.processor.onEnd(span);
  }

  taken(spans: number): void {
    this.#waiting -= spans;
  }

  forceFlush(): Promise<void> {
    return this.processor.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.processor.shutdown();
  }
}

/** A caller chooses its trace id and state: 32 digits may be the token of a provider that a tenant has stored here. */
function showsSecret(span: ReadableSpan): boolean {
  const { traceId, traceState } = span.spanContext();
  const text = `${traceId} ${span.parentSpanContext?.spanId ?? ''} ${traceState?.serialize() ?? ''}`;
  return KNOWN_SECRETS.redact(text) !== text;
}

/** The status of the collector's response, or the cause of a missing one. */
function causeOf(error: unknown): string {
  const status = error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN;
  return Number.isInteger(status) ? `status-${status}` : transportCauseOf(error);
}
