import {
  type Span as ApiSpan,
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Clock } from '../../clock/clock';
import type { Span, SpanFacts, TraceContext } from '../../context/span';
import { type TracedRequest, Traces } from './traces';

const KINDS = { client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** Spans by OpenTelemetry's API. Only `open-traces.ts` loads this file. */
export class RequestSpans extends Traces {
  override readonly isOn = true;

  constructor(
    private readonly tracer: Tracer,
    private readonly clock: Clock,
  ) {
    super();
  }

  override start({ method, route, arrivedAt, caller }: TracedRequest): Span {
    const epoch = this.clock.now() - this.clock.monotonic();
    const parent = caller ? trace.setSpanContext(ROOT_CONTEXT, remoteContext(caller)) : ROOT_CONTEXT;
    const options = { kind: SpanKind.SERVER, startTime: epoch + arrivedAt };
    const span = this.tracer.startSpan(`${method} ${route}`, options, parent);
    if (!span.isRecording()) return new UnrecordedSpan(span.spanContext());
    span.setAttributes({ 'http.request.method': method, 'http.route': route, 'url.scheme': 'http' });
    return new RecordedSpan(span, { tracer: this.tracer, now: () => epoch + this.clock.monotonic() });
  }
}

/** What the spans of one request share. */
interface SpanMaker {
  readonly tracer: Tracer;
  /** Milliseconds since the epoch, which increase steadily from the start of the request on. */
  readonly now: () => number;
}

class RecordedSpan implements Span {
  readonly isRecorded = true;
  readonly #context: Context;

  constructor(
    private readonly span: ApiSpan,
    private readonly maker: SpanMaker,
  ) {
    this.#context = trace.setSpan(ROOT_CONTEXT, span);
  }

  get place(): TraceContext {
    return placeOf(this.span.spanContext());
  }

  child(name: string, kind: keyof typeof KINDS = 'internal'): Span {
    const { tracer, now } = this.maker;
    const span = tracer.startSpan(name, { kind: KINDS[kind], startTime: now() }, this.#context);
    return new RecordedSpan(span, this.maker);
  }

  set(facts: SpanFacts): void {
    this.span.setAttributes(facts);
  }

  fail(type: string): void {
    this.span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end(this.maker.now());
  }
}

/** All spans of a request that is not sampled: they have one place, so that Hubster does not sample it either. */
class UnrecordedSpan implements Span {
  readonly isRecorded = false;

  constructor(private readonly context: SpanContext) {}

  get place(): TraceContext {
    return placeOf(this.context);
  }

  child(): Span {
    return this;
  }

  set(): void {
    // Not recorded.
  }

  fail(): void {
    // Not recorded.
  }

  end(): void {
    // Not recorded.
  }
}

function remoteContext({ traceId, parentId, isSampled, tracestate }: TraceContext): SpanContext {
  return {
    traceId,
    spanId: parentId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
}

function placeOf({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return { traceId, parentId: spanId, isSampled, tracestate: traceState?.serialize() };
}
