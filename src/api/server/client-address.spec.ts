import fc from 'fast-check';
import { network } from '../../config/environment/network/network';
import { TrustedProxies } from './client-address';

const proxies = (...texts: readonly string[]) =>
  new TrustedProxies(texts.flatMap((text) => network().parse(text) ?? []));
const TRUSTED = proxies('10.0.0.0/8', 'fd00::/8');
const PEER = '10.9.9.9';

/** What was generated: an address, whether it is a trusted proxy, and one of its notations in each header. */
interface Node {
  readonly address?: string;
  readonly isTrusted: boolean;
  readonly plain: string;
  readonly forwarded: string;
}

const octet = fc.integer({ min: 1, max: 254 });
const group = fc.integer({ min: 0x1000, max: 0xffff }).map((value) => value.toString(16));

function node(isTrusted: boolean): fc.Arbitrary<Node> {
  const v4 = fc.tuple(octet, octet, octet).map((rest) => [isTrusted ? 10 : 203, ...rest].join('.'));
  const v6 = fc
    .tuple(group, group, group)
    .map(([one, two, three]) => `${isTrusted ? 'fd00' : '2001'}:${one}::${two}:${three}`);
  const port = fc.constantFrom('', ':443');
  return fc.oneof(
    fc.tuple(v4, port).map(([address, suffix]) => {
      const plain = address + suffix;
      return { address, isTrusted, plain, forwarded: suffix ? `for="${plain}"` : `For=${plain};proto=https` };
    }),
    v4.map((address) => {
      const mapped = `::FFFF:${address}`;
      return { address, isTrusted, plain: mapped, forwarded: `by=_x;for="[${mapped}]"` };
    }),
    fc.tuple(v6, port).map(([address, suffix]) => {
      const plain = suffix ? `[${address}]${suffix}` : address.toUpperCase();
      return { address, isTrusted, plain, forwarded: `proto=http;for="[${address}]${suffix}";host="a,b"` };
    }),
  );
}

const unknown: fc.Arbitrary<Node> = fc
  .constantFrom('unknown', '_hidden', '10.0.0', '1.2.3.4.5', '999.1.1.1', 'fe80::1%eth0', '[10.0.0.1]')
  .map((plain) => ({ isTrusted: false, plain, forwarded: `for="${plain}"` }));
const chain = fc.array(fc.oneof({ weight: 4, arbitrary: node(true) }, node(false), unknown), { maxLength: 8 });

/** The model: the last proxy that is trusted without a gap says who called it. */
function clientIn(nodes: readonly Node[]): string {
  const [last] = nodes.slice(-1);
  if (last?.address === undefined) return PEER;
  if (!last.isTrusted) return last.address;
  const before = nodes.slice(0, -1);
  const [next] = before.slice(-1);
  return next?.address === undefined ? last.address : clientIn(before);
}

const inBoth = (nodes: readonly Node[]) => ({
  'x-forwarded-for': nodes.map(({ plain }) => plain).join(', '),
  forwarded: nodes.map(({ forwarded }) => forwarded).join(' ,'),
});

describe('the client behind trusted proxies [S-870]', () => {
  it('is the first address from the right that is not trusted, in both headers', () => {
    fc.assert(
      fc.property(chain, (nodes) => {
        const headers = inBoth(nodes);
        const expected = clientIn(nodes);
        expect(TRUSTED.clientOf(PEER, headers)).toBe(expected);
        expect(TRUSTED.clientOf(PEER, { forwarded: headers.forwarded })).toBe(expected);
        expect(TRUSTED.clientOf(PEER, { 'x-forwarded-for': headers['x-forwarded-for'] })).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('does not change with what the client itself has written', () => {
    const own = fc.string({
      unit: fc.constantFrom('"', ',', '\\', ';', '=', ' ', 'for', '10.1.1.1', '1', ':', '[', ']'),
    });
    fc.assert(
      fc.property(own, own, node(false), fc.array(node(true), { maxLength: 3 }), (text, other, client, added) => {
        const { forwarded, 'x-forwarded-for': forwardedFor } = inBoth([client, ...added]);
        const headers = { forwarded: `${text}, ${forwarded}`, 'x-forwarded-for': `${other}, ${forwardedFor}` };
        expect(TRUSTED.clientOf(PEER, headers)).toBe(client.address);
      }),
      { numRuns: 500 },
    );
  });

  it('is the proxy if the two headers differ, as one of them is from the client', () => {
    expect(TRUSTED.clientOf(PEER, { forwarded: 'for=198.51.100.1', 'x-forwarded-for': '203.0.113.1' })).toBe(PEER);
    expect(TRUSTED.clientOf(PEER, { forwarded: 'for=unknown', 'x-forwarded-for': '203.0.113.1' })).toBe(PEER);
  });

  it('is the proxy without a header', () => {
    expect(TRUSTED.clientOf(PEER, {})).toBe(PEER);
    expect(TRUSTED.clientOf(PEER, { 'x-forwarded-for': '', forwarded: '' })).toBe(PEER);
  });

  it.each([
    'for=203.0.113.1;for=203.0.113.2',
    'proto=https',
    'for=203.0.113.1 proto=https',
    'for="203.0.113.1',
    'for="203.0.113.1\\""',
    'host="x,for=203.0.113.1;a=\\"b"',
    'host="x,for=203.0.113.1;a=\\\\"',
  ])('is the proxy if the element is not of the grammar: %s', (forwarded) => {
    expect(TRUSTED.clientOf(PEER, { forwarded })).toBe(PEER);
  });

  it('is looked for in 32 proxies at most', () => {
    const hops = Array.from({ length: 40 }, (_, index) => `10.0.0.${index + 1}`).join(', ');
    expect(TRUSTED.clientOf(PEER, { 'x-forwarded-for': `203.0.113.1, ${hops}` })).toBe('10.0.0.9');
  });

  it('trusts nobody without a network, and mapped addresses as those of IPv4', () => {
    expect(proxies().trusts(PEER)).toBe(false);
    expect(TRUSTED.trusts('')).toBe(false);
    expect(TRUSTED.trusts('11.0.0.1')).toBe(false);
    expect(proxies('::ffff:10.0.0.0/104').trusts(PEER)).toBe(true);
    expect(proxies('2001:db8::1').trusts('2001:db8::1')).toBe(true);
  });
});
