import type { OnApplicationShutdown } from '@nestjs/common';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Clock } from '../../clock/clock';
import { packageVersion } from '../../config/package-version';
import type { TracesSettings } from '../../config/traces-settings';
import type { Logger } from '../log/logger';
import type { Metrics } from '../metrics/metrics';
import { RequestSpans } from './request-spans';
import { LimitedProcessor, SpanCount, WatchedExporter } from './span-export';

/** The time for the last spans when the process ends, in milliseconds. */
const LAST_EXPORT_MS = 1000;

export interface TracesDependencies {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Spans that are exported by the SDK of OpenTelemetry. It is registered nowhere, so that it concerns nothing else in the process. */
export class OtlpTraces extends RequestSpans implements OnApplicationShutdown {
  readonly #provider: TracerProvider;
  readonly #clock: Clock;

  constructor(settings: TracesSettings, { clock, metrics, logger }: TracesDependencies) {
    const count = new SpanCount(metrics, logger, clock);
    const { delayMs, timeoutMs, maxSpans, maxWaitingSpans } = settings.batch;
    const exporter = new WatchedExporter(exporterOf(settings), count, (spans) => processor.taken(spans));
    const batches = new BatchSpanProcessor({
      exporter,
      scheduledDelayMillis: delayMs,
      exportTimeoutMillis: timeoutMs,
      maxExportBatchSize: maxSpans,
      maxQueueSize: maxWaitingSpans,
    });
    const processor = new LimitedProcessor(batches, maxWaitingSpans, count);
    const provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.version': packageVersion(), ...settings.resource }),
      sampler: samplerOf(settings),
      spanProcessors: [processor],
    });
    super(provider.getTracer('stagedoor'), clock);
    this.#provider = provider;
    this.#clock = clock;
  }

  /** Exports what waits, for a second at most: a collector must not hold up the end of the process. */
  async onApplicationShutdown(): Promise<void> {
    const isExported = this.#provider.shutdown().catch(() => undefined);
    await this.#clock.withTimeout(isExported, { ms: LAST_EXPORT_MS });
  }
}

function exporterOf({ url, protocol, headers, timeoutMs }: TracesSettings): SpanExporter {
  const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  return new Exporter({
    url: url.href,
    timeoutMillis: timeoutMs,
    ...(headers && { headers: { ...headers.reveal() } }),
  });
}

/** By the names of OpenTelemetry's environment variables. */
function samplerOf({ sampler, ratio }: TracesSettings): Sampler {
  const [, isParentBased, name] = /^(parentbased_)?(.+)$/.exec(sampler) ?? [];
  const root = rootSampler(name, ratio);
  return isParentBased === undefined ? root : new ParentBasedSampler({ root });
}

function rootSampler(name: string | undefined, ratio: number): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler();
  return name === 'always_on' ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio);
}
