import type { Secret } from '../secrets/secret';
import type { VariableValues } from './environment/variables';

/** Where traces go, and which. Times are milliseconds. */
export interface TracesSettings {
  /** The address of spans itself, not that of the collector. */
  readonly url: URL;
  readonly protocol: VariableValues['OTEL_EXPORTER_OTLP_PROTOCOL'];
  /** Headers of each export by name. Usually credentials of the collector. */
  readonly headers?: Secret<Readonly<Record<string, string>>>;
  /** Of one export, repetitions included. */
  readonly timeoutMs: number;
  readonly sampler: VariableValues['OTEL_TRACES_SAMPLER'];
  /** Of the samplers by ratio, from 0 to 1. */
  readonly ratio: number;
  /** Attributes of the process, such as `service.name`. */
  readonly resource: Readonly<Record<string, string>>;
  readonly batch: {
    readonly delayMs: number;
    readonly timeoutMs: number;
    readonly maxSpans: number;
    readonly maxWaitingSpans: number;
  };
}
