import { Agent } from 'undici';
import { ConnectProxy } from '../../test/support/connect-proxy';
import { json, StubServer } from '../../test/support/hubster/stub-server';
import { ManualClock } from '../../test/support/manual-clock';
import { networkSettings } from '../../test/support/network-settings';
import { connectorFor } from './connector';

const PASSWORD = 'p@ss:word of the proxy';

describe('connectorFor [S-872]', () => {
  let clock: ManualClock;
  let service: StubServer;
  let proxy: ConnectProxy;
  let agent: Agent;

  beforeEach(async () => {
    clock = new ManualClock();
    [service, proxy] = await Promise.all([StubServer.start(), ConnectProxy.start(PASSWORD)]);
    service.portal = [json(200, {})];
  });
  afterEach(async () => {
    await agent.destroy();
    await Promise.all([service.close(), proxy.close()]);
  });

  /** The status of a request to a name that only the proxy knows, or the code of its error. */
  async function get(variables: Parameters<typeof networkSettings>[0], hostname = 'hubster.test'): Promise<unknown> {
    agent = new Agent({ connect: connectorFor(networkSettings(variables), clock, {}) });
    const origin = `http://${hostname}:${service.url.port}`;
    return agent.request({ origin, path: '/', method: 'GET' }).then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode;
      },
      (error: { readonly code?: string }) => error.code,
    );
  }

  it('opens a tunnel through the proxy, which gets the credentials and resolves the name', async () => {
    expect(await get({ proxy: proxy.url })).toBe(200);
    expect(proxy.requested).toEqual([`hubster.test:${service.url.port}`]);
    expect(service.received[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it.each([
    ['the loopback', [], '127.0.0.1'],
    ['its name', [], 'localhost'],
  ])('does not use it for %s', async (_what, noProxy, hostname) => {
    expect(await get({ proxy: proxy.url, noProxy }, hostname)).toBe(200);
    expect(proxy.requested).toEqual([]);
  });

  it.each([
    ['a name', 'hubster.test'],
    ['a name above it', 'test'],
    ['a suffix', '.test'],
    ['a suffix with an asterisk', '*.test'],
    ['every name', '*'],
  ])('does not use it for NO_PROXY with %s', async (_what, rule) => {
    // Nobody but the proxy knows the name.
    expect(await get({ proxy: proxy.url, noProxy: ['other.test', rule] })).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(proxy.requested).toEqual([]);
  });

  it('uses it for other names, ports and networks than those of NO_PROXY', async () => {
    const noProxy = ['other.test', 'ubster.test', 'hubster.test:1', '10.0.0.0/8'];
    expect(await get({ proxy: proxy.url, noProxy })).toBe(200);
    expect(proxy.requested).toHaveLength(1);
  });

  it.each([
    ['a wrong password', () => proxy.urlWith('wrong'), 'PROXY_AUTH'],
    ['a proxy that is away', () => 'http://127.0.0.1:1', 'PROXY'],
  ])('fails with its cause for %s', async (_what, url, code) => {
    expect(await get({ proxy: url() })).toBe(code);
    expect(service.received).toEqual([]);
  });

  it.each([502, 407, 'close'] as const)('fails at once, and connects once, for a proxy with %s', async (behaviour) => {
    proxy.behaviours.push(behaviour);
    expect(await get({ proxy: proxy.url })).toBe(behaviour === 407 ? 'PROXY_AUTH' : 'PROXY');
    expect(proxy.requested).toHaveLength(1);
    expect(service.received).toEqual([]);
  });

  it('fails after two seconds for a proxy that does not respond', async () => {
    proxy.behaviours.push('silent');
    const failure = get({ proxy: proxy.url });
    while (proxy.requested.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(2000);
    expect(await failure).toBe('PROXY');
  });
});
