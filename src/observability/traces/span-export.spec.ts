import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { ManualClock } from '../../../test/support/manual-clock';
import { createLogger } from '../log/logger';
import { Metrics } from '../metrics/metrics';
import { LimitedProcessor, SpanCount, WatchedExporter } from './span-export';

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

const span = {
  spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }),
} as ReadableSpan;

describe('the export of spans', () => {
  let clock: ManualClock;
  let metrics: Metrics;
  let lines: string[];
  let count: SpanCount;

  beforeEach(() => {
    clock = new ManualClock();
    metrics = new Metrics();
    lines = [];
    const destination = { write: (line: string) => void lines.push(line) };
    count = new SpanCount(metrics, createLogger({ level: 'info', format: 'json', destination }), clock);
  });

  const counted = async () =>
    Object.fromEntries((await metrics.spans.get()).values.map(({ labels, value }) => [labels.result, value]));
  const exporterWith = (result: Result): SpanExporter => ({
    export: (_spans, done) => done(result),
    shutdown: async () => undefined,
  });
  const exported = (result: Result) =>
    new WatchedExporter(exporterWith(result), count, () => undefined).export([span, span], () => undefined);

  it('counts each result from the start [S-848]', async () => {
    expect(await counted()).toEqual({ exported: 0, 'queue-full': 0, 'export-failed': 0, secret: 0 });
    exported({ code: 0 });
    expect(await counted()).toMatchObject({ exported: 2 });
  });

  it('drops spans beyond the limit, and takes new ones when some were exported [S-848]', async () => {
    const kept: ReadableSpan[] = [];
    const batches = { onStart: () => undefined, onEnd: (ended: ReadableSpan) => void kept.push(ended) };
    const ends = { forceFlush: async () => undefined, shutdown: async () => undefined };
    const processor = new LimitedProcessor({ ...batches, ...ends }, 2, count);
    for (let index = 0; index < 5; index += 1) processor.onEnd(span);
    expect(kept).toHaveLength(2);
    expect(await counted()).toMatchObject({ 'queue-full': 3 });
    processor.taken(1);
    for (let index = 0; index < 5; index += 1) processor.onEnd(span);
    expect(kept).toHaveLength(3);
  });

  it.each([
    [Object.assign(new Error('http://user:secret@collector/'), { code: 503 }), 'status-503'],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'refused'],
    [undefined, 'other'],
  ])('reports a failed export without the text of its error: %s', async (error, cause) => {
    exported({ code: 1, ...(error && { error }) });
    expect(await counted()).toMatchObject({ 'export-failed': 2 });
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ event: 'traces.dropped', spans: 2, reason: 'export-failed', cause }),
    ]);
    expect(lines.join('')).not.toContain('collector/');
  });

  it('logs what was dropped once a minute [S-848]', async () => {
    for (let index = 0; index < 10; index += 1) exported({ code: 1 });
    await clock.advance(60_000);
    exported({ code: 1 });
    expect(lines.map((line) => JSON.parse(line).spans)).toEqual([2, 20]);
  });
});
