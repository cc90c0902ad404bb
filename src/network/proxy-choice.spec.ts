import { networkSettings } from '../../test/support/network-settings';
import { ProxyChoice } from './proxy-choice';

const isProxied = (hostname: string, noProxy: readonly string[], port = 443) =>
  new ProxyChoice(networkSettings({ proxy: 'http://proxy.test:3128', noProxy })).proxyFor({
    protocol: 'https:',
    hostname,
    port,
  }) !== undefined;

describe('ProxyChoice [S-872]', () => {
  it.each([
    ['hubster.io', ['hubster.io'], false],
    ['portal.hubster.io', ['hubster.io'], false],
    ['PORTAL.hubster.io', ['.Hubster.io'], false],
    ['nothubster.io', ['hubster.io'], true],
    ['hubster.io', ['hubster.io:443'], false],
    ['hubster.io', ['hubster.io:80'], true],
    ['10.1.2.3', ['10.0.0.0/8'], false],
    ['11.1.2.3', ['10.0.0.0/8'], true],
    ['fd00::1', ['[fd00::1]'], false],
    ['fd00::1', ['[fd00::1]:443'], false],
    ['fd00::2', ['fd00::/16'], false],
    ['hubster.io', ['*'], false],
    ['localhost', [], false],
    ['127.8.8.8', [], false],
    ['::1', [], false],
    ['localhost.example.com', [], true],
  ])('for %s with NO_PROXY of %j: a proxy is %s', (hostname, noProxy, expected) => {
    expect(isProxied(hostname, noProxy)).toBe(expected);
  });

  it('is by the protocol of the target', () => {
    const settings = { ...networkSettings({ proxy: 'http://proxy.test' }), httpProxy: () => undefined };
    const choice = new ProxyChoice(settings);
    expect(choice.proxyFor({ protocol: 'http:', hostname: 'a.test', port: 80 })).toBeUndefined();
    expect(choice.proxyFor({ protocol: 'https:', hostname: 'a.test', port: 443 })?.reveal()).toEqual({
      hasTls: false,
      host: 'proxy.test',
      port: 80,
    });
  });
});
