import { KNOWN_SECRETS } from '../../../secrets/known-secrets';
import { Secret } from '../../../secrets/secret';
import { readConfig } from '../read-config';
import { noProxyRule, proxyAddress } from './proxy-variables';

const proxyOf = (text: string) => proxyAddress().parse(text)?.reveal();
const environment = (env: Readonly<Record<string, string>>) => readConfig({ SANDBOX_PORT: '0', ...env }).network;

describe('proxyAddress [S-872]', () => {
  it.each([
    ['http://proxy.example.com', { hasTls: false, host: 'proxy.example.com', port: 80 }],
    ['HTTP://proxy.example.com:3128/', { hasTls: false, host: 'proxy.example.com', port: 3128 }],
    ['https://[fd00::1]:8443', { hasTls: true, host: 'fd00::1', port: 8443 }],
  ])('reads %s', (text, address) => {
    expect(proxyOf(text)).toEqual(address);
  });

  it('reads user and password, and remembers them in each form that they are sent in', () => {
    const address = proxyOf('http://service:p%40ss-word-of-proxy@proxy:3128');
    const encoded = Buffer.from('service:p@ss-word-of-proxy').toString('base64');
    expect(address).toMatchObject({ authorization: `Basic ${encoded}` });
    for (const text of ['p@ss-word-of-proxy', encoded, 'http://service:p%40ss-word-of-proxy@proxy:3128'])
      expect(KNOWN_SECRETS.redact(`before ${text} after`)).not.toContain(text);
  });

  it.each([
    'proxy:3128',
    'socks5://proxy',
    'http://',
    'http://proxy/path',
    'http://proxy?a',
    'http://a:%zz@proxy',
    'http://proxy:0',
  ])('does not accept %s', (text) => {
    expect(proxyAddress().parse(text)).toBeUndefined();
  });
});

describe('noProxyRule [S-872]', () => {
  it.each([
    ['hubster.io', { host: 'hubster.io' }],
    ['.Hubster.io:8443', { host: 'hubster.io', port: 8443 }],
    ['*.svc', { host: 'svc' }],
    ['*', { host: '*' }],
    ['[FD00::1]:80', { host: 'fd00::1', port: 80 }],
    ['10.0.0.0/8', { network: { address: '10.0.0.0', prefix: 8, family: 'ipv4' } }],
  ])('reads %s', (text, rule) => {
    expect(noProxyRule().parse(text)).toEqual(rule);
  });

  it.each(['http://hubster.io', 'a b', 'hub*ster.io', '10.0.0.0/40', 'host:port'])('does not accept %s', (text) => {
    expect(noProxyRule().parse(text)).toBeUndefined();
  });
});

describe('the variables of proxies [S-872]', () => {
  it('may have names in lower case, which are read first', () => {
    const { httpsProxy, httpProxy, noProxy } = environment({
      https_proxy: 'http://lower',
      HTTPS_PROXY: 'http://upper',
      HTTP_PROXY: 'http://plain',
      no_proxy: 'a.test, b.test',
    });
    expect([httpsProxy()?.reveal().host, httpProxy()?.reveal().host]).toEqual(['lower', 'plain']);
    expect(noProxy).toEqual([{ host: 'a.test' }, { host: 'b.test' }]);
    expect(String(httpsProxy())).toBe(String(Secret.of('')));
  });

  it('are faults with the name of the variable if they are invalid', () => {
    const env = { SANDBOX_PORT: '0', https_proxy: 'proxy', NO_PROXY: 'a b', HUBSTER_CA: 'x' };
    const faults = ['HTTPS_PROXY: expected http', 'NO_PROXY: expected a host', 'HUBSTER_CA: expected a certificate'];
    for (const fault of faults) expect(() => readConfig(env)).toThrow(fault);
  });
});
