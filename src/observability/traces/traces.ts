import type { Span, TraceContext } from '../../context/span';

/** A request whose span begins. */
export interface TracedRequest {
  readonly method: string;
  /** The template of its route. */
  readonly route: string;
  /** Clock.monotonic() at its first byte. */
  readonly arrivedAt: number;
  /** The place of its caller in a trace. */
  readonly caller?: TraceContext | undefined;
}

/** Makes spans of requests (OpenTelemetry). The class is the token for Nest's injection. */
export abstract class Traces {
  /** Whether there are spans at all; if not, the SDK of OpenTelemetry is not loaded. */
  abstract readonly isOn: boolean;

  /** The span of a request: in the trace of its caller, or else in a new one. Whether it is recorded is up to the sampler. */
  abstract start(request: TracedRequest): Span | undefined;
}

/** Where no receiver is configured. */
export class NoTraces extends Traces {
  override readonly isOn = false;

  override start(): undefined {
    return undefined;
  }
}
