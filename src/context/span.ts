import { Problem } from '../problems/problem';

/** What a span says: texts of closed sets, numbers and flags. Never an id, a text of a caller, a key or a secret (N1). */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>;

/** The caller's place in its trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits: the caller's span. */
  readonly parentId: string;
  /** Whether the caller records the trace. */
  readonly isSampled: boolean;
  readonly tracestate?: string | undefined;
}

/**
 * A part of the work for a request, in its trace (OpenTelemetry). It travels in the request context, as the first use of
 * `AsyncLocalStorage` would make every promise slower (docs/decisions/0039). Absent while traces are off.
 */
export interface Span {
  /** False if the trace is not sampled: the span has ids, and everything else of it is ignored. */
  readonly isRecorded: boolean;
  /** What a request that belongs to this span has to carry. */
  readonly place: TraceContext;
  /** A part of this part. `client`: a request to another service. */
  child(name: string, kind?: 'client' | 'internal'): Span;
  set(facts: SpanFacts): void;
  /** Marks it as failed. `type`: of a closed set, for `error.type`. */
  fail(type: string): void;
  end(): void;
}

/** Runs work in a span of its own, if the one around it is recorded. Adds nothing otherwise, not even a promise. */
export function inSpan<T>(
  parent: Span | undefined,
  name: string,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  return parent?.isRecorded ? recorded(parent.child(name), work) : work(parent);
}

async function recorded<T>(span: Span, work: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await work(span);
  } catch (error) {
    span.fail(errorTypeOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** A code of the registry, or the name of the class. */
function errorTypeOf(error: unknown): string {
  if (error instanceof Problem) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

/** `traceparent` and `tracestate` of a request (W3C Trace Context). */
export function traceHeaders({ traceId, parentId, isSampled, tracestate }: TraceContext): Record<string, string> {
  const traceparent = `00-${traceId}-${parentId}-0${isSampled ? 1 : 0}`;
  return { traceparent, ...(tracestate !== undefined && { tracestate }) };
}
