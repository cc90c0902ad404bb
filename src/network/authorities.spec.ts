import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { dirname, join } from 'node:path';
import { Agent } from 'undici';
import { ConnectProxy } from '../../test/support/connect-proxy';
import { ManualClock } from '../../test/support/manual-clock';
import { networkSettings } from '../../test/support/network-settings';
import { portOf } from '../../test/support/ports';
import { RedisCertificates } from '../../test/support/redis-certificates';
import { readConfig } from '../config/environment/read-config';
import { connectorFor, withAuthorities } from './connector';

const NAME = 'hubster.test';

/** A service with TLS behind a proxy, whose certificate has an authority of its own. */
describe('authorities of Hubster [S-873]', () => {
  let certificates: RedisCertificates;
  let server: Server;
  let proxy: ConnectProxy;
  let caFile: string;

  beforeAll(async () => {
    certificates = await RedisCertificates.make(`DNS:${NAME}`);
    caFile = certificates.variables.REDIS_CA_FILE;
    const [cert, key] = await Promise.all(
      ['server.crt', 'server.key'].map((name) => readFile(join(dirname(caFile), name))),
    );
    server = createServer({ cert, key }, (_request, response) => response.end('ok')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await ConnectProxy.start('password', { [NAME]: portOf(server), 'other.test': portOf(server) });
  });
  afterAll(async () => {
    await proxy.close();
    server.close();
    await certificates.remove();
  });

  async function get(ca: string | undefined, hostname = NAME): Promise<unknown> {
    const connect = connectorFor(networkSettings({ proxy: proxy.url }), new ManualClock(), withAuthorities(ca));
    const agent = new Agent({ connect });
    try {
      const { body } = await agent.request({ origin: `https://${hostname}`, path: '/', method: 'GET' });
      return await body.text();
    } catch (error) {
      return Object(error).code;
    } finally {
      await agent.destroy();
    }
  }

  it('are those of the file, through a proxy too', async () => {
    const { hubsterCa } = readConfig({ SANDBOX_PORT: '0', HUBSTER_CA_FILE: caFile }).network;
    expect(await get(hubsterCa())).toBe('ok');
    expect(proxy.requested).toContain(`${NAME}:443`);
  });

  it('are only those of Node without one', async () => {
    expect(await get(undefined)).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
  });

  it('do not make a certificate right for another name', async () => {
    const { hubsterCa } = readConfig({ SANDBOX_PORT: '0', HUBSTER_CA_FILE: caFile }).network;
    expect(await get(hubsterCa(), 'other.test')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('are a fault of the start if the file has no certificate', () => {
    expect(() => readConfig({ SANDBOX_PORT: '0', HUBSTER_CA_FILE: __filename })).toThrow(
      'HUBSTER_CA: expected a certificate in PEM',
    );
  });
});
