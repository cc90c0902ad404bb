import { network } from './network';

const { parse } = network();

describe('network [S-870]', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', 32, 'ipv4'],
    ['10.0.0.0/8', '10.0.0.0', 8, 'ipv4'],
    ['10.1.2.3/8', '10.1.2.3', 8, 'ipv4'],
    ['2001:DB8:0:0::1', '2001:db8::1', 128, 'ipv6'],
    ['fd00::/8', 'fd00::', 8, 'ipv6'],
    ['::ffff:10.0.0.0/104', '10.0.0.0', 8, 'ipv4'],
    ['::ffff:a00:1', '10.0.0.1', 32, 'ipv4'],
  ])('reads %s', (text, address, prefix, family) => {
    expect(parse(text)).toEqual({ address, prefix, family });
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0/8',
    'fd00::/129',
    'fe80::1%eth0',
    '[fd00::1]',
    '10.0.0.1:80',
    'proxy.example.com',
    ' 10.0.0.1',
    'loopback',
  ])('does not accept %s', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it.each(['0.0.0.0/0', '::/0', '::ffff:0.0.0.0/96'])('does not trust everybody: %s', (text) => {
    expect(parse(text)).toBeUndefined();
  });
});
