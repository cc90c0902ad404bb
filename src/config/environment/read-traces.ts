import type { Config } from '../config';
import type { VariableReader } from './variable-reader';

const SPANS_PATH = 'v1/traces';

/** Where traces go; nowhere without a receiver, or if they are switched off. The variables are those of OpenTelemetry. */
export function readTraces(variables: VariableReader): Pick<Config, 'traces'> {
  const receiver = variables.read('OTEL_EXPORTER_OTLP_ENDPOINT');
  const url = variables.read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? (receiver && new URL(SPANS_PATH, receiver));
  const headers = variables.read('OTEL_EXPORTER_OTLP_HEADERS');
  const attributes = variables.read('OTEL_RESOURCE_ATTRIBUTES');
  const name = variables.read('OTEL_SERVICE_NAME') ?? attributes?.['service.name'] ?? 'stagedoor';
  const isOff = variables.read('OTEL_SDK_DISABLED');
  const exporter = variables.read('OTEL_TRACES_EXPORTER');
  const maxWaitingSpans = variables.read('OTEL_BSP_MAX_QUEUE_SIZE');
  const maxSpans = variables.read('OTEL_BSP_MAX_EXPORT_BATCH_SIZE');
  if (maxSpans > maxWaitingSpans)
    variables.violation('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'no more than OTEL_BSP_MAX_QUEUE_SIZE');
  const traces = {
    protocol: variables.read('OTEL_EXPORTER_OTLP_PROTOCOL'),
    ...(headers && { headers }),
    timeoutMs: variables.read('OTEL_EXPORTER_OTLP_TIMEOUT'),
    sampler: variables.read('OTEL_TRACES_SAMPLER'),
    ratio: variables.read('OTEL_TRACES_SAMPLER_ARG'),
    resource: { ...attributes, 'service.name': name },
    batch: {
      delayMs: variables.read('OTEL_BSP_SCHEDULE_DELAY'),
      timeoutMs: variables.read('OTEL_BSP_EXPORT_TIMEOUT'),
      maxSpans,
      maxWaitingSpans,
    },
  };
  return url && !isOff && exporter === 'otlp' ? { traces: { url, ...traces } } : {};
}
