import { ConnectProxy } from '../../../test/support/connect-proxy';
import { json, type Received } from '../../../test/support/hubster/stub-server';
import { CREATE, StubbedClient } from '../../../test/support/hubster/stubbed-client';
import { ManualClock } from '../../../test/support/manual-clock';
import { networkSettings } from '../../../test/support/network-settings';
import { HubsterError } from '../outcome/hubster-error';

const PASSWORD = 'canary-of-the-proxy';

describe('calls through a proxy [S-872]', () => {
  let proxy: ConnectProxy;
  let hubster: StubbedClient;

  beforeEach(async () => {
    proxy = await ConnectProxy.start(PASSWORD);
    const network = networkSettings({ proxy: proxy.url });
    hubster = await StubbedClient.start(new ManualClock(), (stub) => new URL(`http://hubster.test:${stub.port}/`), {
      network,
    });
    hubster.stub.portal = [json(200, { ok: true })];
  });
  afterEach(async () => {
    await hubster.close();
    await proxy.close();
  });

  const causes = async () => {
    const { values } = await hubster.metrics.transportErrors.get();
    return values.filter(({ value }) => value > 0).map(({ labels, value }) => [labels.service, labels.cause, value]);
  };
  const creates = (): readonly Received[] => hubster.stub.calls.filter(({ method }) => method === 'POST');

  it.each([407, 502, 'close'] as const)(
    'send a create again after %s, as nothing was sent, and once',
    async (behaviour) => {
      proxy.behaviours.push(behaviour);
      expect(await hubster.call(CREATE)).toEqual({ status: 200, json: { ok: true } });
      expect(creates()).toHaveLength(1);
      expect(await causes()).toEqual([['portal', behaviour === 407 ? 'proxy-auth' : 'proxy', 1]]);
    },
  );

  it('do not send a create again whose tunnel has broken, as it may have taken effect', async () => {
    hubster.stub.portal = [() => proxy.breakTunnels()];
    const error = await hubster.failure(CREATE);
    expect(error).toBeInstanceOf(HubsterError);
    expect(error).toMatchObject({ outcome: { kind: 'reset', phase: 'portal' } });
    expect(creates()).toHaveLength(1);
  });

  it('fail like any call without a response while the proxy is away, and say nothing of it but the cause', async () => {
    await proxy.close();
    expect(await hubster.failure(CREATE)).toMatchObject({ outcome: { kind: 'never-sent' } });
    expect(await causes()).toEqual([['portal', 'proxy', 3]]);
    expect(hubster.logs.join('')).toContain('"cause":"proxy"');
    expect(hubster.logs.join('')).not.toMatch(new RegExp(`${PASSWORD}|127\\.0\\.0\\.1`));
    proxy = await ConnectProxy.start(PASSWORD);
  });
});
