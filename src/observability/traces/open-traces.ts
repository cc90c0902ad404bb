import type { TracesSettings } from '../../config/traces-settings';
import type { TracesDependencies } from './otlp-traces';
import { NoTraces, type Traces } from './traces';

/** Loads OpenTelemetry only if there is a receiver: it is a twentieth of the modules of the service. */
export async function openTraces(
  settings: TracesSettings | undefined,
  dependencies: TracesDependencies,
): Promise<Traces> {
  if (!settings) return new NoTraces();
  const { OtlpTraces } = await import('./otlp-traces.js');
  return new OtlpTraces(settings, dependencies);
}
