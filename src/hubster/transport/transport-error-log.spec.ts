import { createServer } from 'node:net';
import { reset } from '../../../test/support/hubster/stub-server';
import { StubbedClient } from '../../../test/support/hubster/stubbed-client';
import { ManualClock } from '../../../test/support/manual-clock';
import { portOf } from '../../../test/support/ports';

describe('attempts without a response', () => {
  const clock = new ManualClock();
  let hubster: StubbedClient;

  afterEach(() => hubster.close());

  const events = () =>
    hubster.logs
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter(({ event }) => event === 'hubster.no-response');
  const counts = async () => {
    const { values } = await hubster.metrics.transportErrors.get();
    return values.map(({ labels, value }) => [labels.service, labels.cause, value]);
  };

  async function closedPort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  it('are counted if a name does not resolve', async () => {
    hubster = await StubbedClient.start(clock, new URL('http://stagedoor-test.invalid/'));
    await hubster.failure();
    expect(await counts()).toEqual([['portal', 'dns', 3]]);
  });

  it('are counted if nobody listens on the port, and logged once a minute', async () => {
    hubster = await StubbedClient.start(clock, new URL(`http://127.0.0.1:${await closedPort()}/`));
    await hubster.failure();
    expect(await counts()).toEqual([['portal', 'refused', 3]]);
    const event = { level: 'warn', upstream: 'portal', cause: 'refused' };
    expect(events()).toEqual([expect.objectContaining({ ...event, attempts: 1 })]);
    await clock.advance(60_000);
    await hubster.failure();
    expect(events()).toEqual([
      expect.objectContaining({ attempts: 1 }),
      expect.objectContaining({ ...event, attempts: 3 }),
    ]);
  });

  it('are counted if the server does not support TLS', async () => {
    const plain = await StubbedClient.start(clock);
    hubster = await StubbedClient.start(clock, new URL(`https://${plain.stub.url.host}/`));
    await hubster.failure();
    await plain.close();
    expect(await counts()).toEqual([['portal', 'tls', 3]]);
  });

  it('are counted if the connection breaks', async () => {
    hubster = await StubbedClient.start(clock);
    hubster.stub.portal = [reset];
    await hubster.failure();
    expect(await counts()).toEqual([['portal', 'reset', 3]]);
    expect(hubster.logs.join('')).not.toContain('canary');
  });
});
