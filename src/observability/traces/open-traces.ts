import type { TracesSettings } from '../../config/traces-settings';
import type { TracesDependencies } from './otlp-traces';
import { NoTraces, type Traces } from './traces';

/** Loads the SDK of OpenTelemetry only if there is a receiver. */
export async function openTraces(
  settings: TracesSettings | undefined,
  dependencies: TracesDependencies,
): Promise<Traces> {
  if (!settings) return new NoTraces();
  const { OtlpTraces } = await import('./otlp-traces.js');
  return new OtlpTraces(settings, dependencies);
}
