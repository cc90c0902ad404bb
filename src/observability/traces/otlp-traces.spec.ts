import { ManualClock } from '../../../test/support/manual-clock';
import { Collector } from '../../../test/support/traces/collector';
import { readConfig } from '../../config/environment/read-config';
import { createLogger } from '../log/logger';
import { Metrics } from '../metrics/metrics';
import { openTraces } from './open-traces';
import { OtlpTraces } from './otlp-traces';
import { NoTraces } from './traces';

describe('traces', () => {
  let collector: Collector;
  const clock = new ManualClock();
  const dependencies = () => ({
    clock,
    metrics: new Metrics(),
    logger: createLogger({ level: 'silent', format: 'json' }),
  });

  beforeEach(async () => {
    collector = await Collector.start();
  });
  afterEach(() => collector.close());

  const open = async (): Promise<OtlpTraces> => {
    const { traces } = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const opened = await openTraces(traces, dependencies());
    if (!(opened instanceof OtlpTraces)) throw new Error('expected traces');
    return opened;
  };
  const oneSpan = (traces: OtlpTraces) => traces.start({ method: 'GET', route: '/x', arrivedAt: 0 }).end();

  it('are exported at the end of the process, without waiting for the next batch [S-848]', async () => {
    const traces = await open();
    oneSpan(traces);
    await traces.onApplicationShutdown();
    expect(collector.spans.map(({ name }) => name)).toEqual(['GET /x']);
  });

  it('hold up the end of the process for a second at most [S-848]', async () => {
    collector.status = undefined;
    const traces = await open();
    oneSpan(traces);
    let isOver = false;
    const ended = traces.onApplicationShutdown().then(() => {
      isOver = true;
    });
    await clock.advance(999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    // Now, and not when the exporter itself gives up.
    await new Promise(setImmediate);
    expect(isOver).toBe(true);
    await ended;
  });

  it('are off without a receiver, and where they are switched off [S-845]', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    for (const off of [{}, { ...env, OTEL_SDK_DISABLED: 'true' }, { ...env, OTEL_TRACES_EXPORTER: 'none' }]) {
      const { traces } = readConfig(off);
      expect(await openTraces(traces, dependencies())).toBeInstanceOf(NoTraces);
    }
  });
});
