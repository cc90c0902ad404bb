import type { FastifyReply } from 'fastify';
import { ManualClock } from '../../../test/support/manual-clock';
import { Metrics } from '../../observability/metrics/metrics';
import type { StateMetrics } from '../operations/state-metrics';
import { MetricsController } from './metrics.controller';

describe('MetricsController', () => {
  it('renders once a second, however many requests arrive, and sends all of them the same buffer', async () => {
    const [clock, metrics] = [new ManualClock(), new Metrics()];
    const state = { collect: jest.fn() } as unknown as StateMetrics;
    const render = jest.spyOn(metrics.registry, 'metrics');
    const controller = new MetricsController(metrics, state, clock);
    const sent: unknown[] = [];
    const reply = {
      request: { state: { headers: [] } },
      type: () => reply,
      send: (body: unknown) => sent.push(body),
    } as unknown as FastifyReply;
    await Promise.all(Array.from({ length: 20 }, () => controller.read(reply)));
    await clock.advance(999);
    await controller.read(reply);
    expect(render).toHaveBeenCalledTimes(1);
    expect(new Set(sent).size).toBe(1);
    await clock.advance(1);
    await controller.read(reply);
    expect(render).toHaveBeenCalledTimes(2);
  });
});
