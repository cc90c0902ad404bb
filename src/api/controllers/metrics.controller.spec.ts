import type { FastifyReply } from 'fastify';
import { ManualClock } from '../../../test/support/manual-clock';
import { Metrics } from '../../observability/metrics/metrics';
import { MetricsController } from './metrics.controller';

describe('MetricsController', () => {
  it('renders once a second, however many requests arrive, and sends all of them the same buffer', async () => {
    const [clock, metrics] = [new ManualClock(), new Metrics()];
    const render = jest.spyOn(metrics.registry, 'metrics');
    const controller = new MetricsController(metrics, clock);
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
