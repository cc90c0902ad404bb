import { connect } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { SAMPLES } from '../../test/support/sandbox/samples';
import { SandboxClient } from '../../test/support/sandbox/sandbox-client';
import { startSandbox } from './sandbox';

describe('The sandbox', () => {
  it('starts with two demo tenants of two hubs each and random secrets', async () => {
    const [one, two] = [await startSandbox(), await startSandbox()];
    expect(one.tenants.map(({ name, hubs }) => [name, hubs.length])).toEqual([
      ['acme', 2],
      ['globex', 2],
    ]);
    expect(one.tenants[0]?.hubs[0]).toBe('3bc1e69f-c520-446f-ab2c-01751fd66a31');
    expect(one.tenants[0]?.clientId).toMatch(/^hubster\.portal\.api\.[0-9a-f]{32}$/);
    expect(one.tenants[0]?.clientSecret).not.toBe(two.tenants[0]?.clientSecret);
    await Promise.all([one.close(), two.close()]);
  });

  it('separates tenants that share a hub id [N2]', async () => {
    const tenant = (name: string) => ({
      name,
      clientId: name,
      clientSecret: name,
      hubs: ['3BC1E69F-C520-446F-AB2C-01751FD66A31'],
    });
    const client = await SandboxClient.start({ tenants: [tenant('acme'), tenant('globex')] });
    await client.create('System', 'same', SAMPLES.System);
    expect((await client.create('System', 'same', SAMPLES.System, 'globex')).status).toBe(200);
    expect((await client.portal('GET', `/hubs/${client.hub}/System`)).list).toHaveLength(1);
    await client.close();
  });

  it.each([
    ['one name', { name: 'a' }],
    ['one client id', { clientId: 'a' }],
    ['a hub id that is not a GUID', { hubs: ['x'] }],
  ])('rejects two tenants with %s', async (_what, part) => {
    const tenants = ['a', 'b'].map((name) => ({ name, clientId: name, clientSecret: 's', hubs: [], ...part }));
    await expect(startSandbox({ tenants })).rejects.toThrow(TypeError);
  });

  it('rejects when its port is taken', async () => {
    const sandbox = await startSandbox();
    await expect(startSandbox({ port: Number(new URL(sandbox.url).port) })).rejects.toThrow('EADDRINUSE');
    await sandbox.close();
  });

  it('closes at once despite hanging, slow, delayed and idle connections, twice, and without remaining timers', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const client = await SandboxClient.start();
    await client.fault({ path: 'hang' }, { hang: true });
    await client.fault({ path: 'drip' }, { dripMs: 600_000 });
    await client.fault({ path: 'delay' }, { delayMs: 600_000 }, { times: 10 });
    const paths = ['/hang', '/drip', ...Array.from({ length: 10 }, () => '/delay')];
    const broken = paths.map((path) => expect(client.send('GET', path)).rejects.toThrow());
    const hits = async () => (await client.send('GET', '/sandbox/faults')).text.match(/"hits":(1|10)\b/g);
    while (!isDeepStrictEqual(await hits(), ['"hits":1', '"hits":1', '"hits":10']));
    await client.close();
    await client.close();
    await Promise.all(broken);
    // Less than ten more: others have timers too, which come and go.
    expect(timers()).toBeLessThan(before + 5);
  });

  it('responds to a large body with 413 while it is being sent, and continues to serve', async () => {
    const client = await SandboxClient.start();
    const { status } = await client.portal('POST', `/hubs/${client.hub}`, 'x'.repeat(20 * 1024 * 1024));
    expect(status).toBe(413);
    expect((await client.portal('POST', `/hubs/${client.hub}`, 'x'.repeat(1024 * 1024))).status).toBe(400);
    expect((await client.portal('GET', '')).status).toBe(200);
    await client.close();
  });

  it.each([
    'GET // HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET http://[ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET /api/v1/integrations/%00%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET /sandbox/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'nonsense\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx',
  ])('survives %j', async (bytes) => {
    const client = await SandboxClient.start();
    const socket = connect(Number(new URL(client.sandbox.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => socket.end(bytes, resolve));
    expect((await client.portal('GET', '')).status).toBe(200);
    await client.close();
  });
});
