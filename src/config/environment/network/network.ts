import { isIP, SocketAddress } from 'node:net';
import type { Network } from '../../network-settings';
import type { VariableType } from '../variable-types';

const FORM = /^(?<address>[\da-f.:]{2,45})(?:\/(?<prefix>\d{1,3}))?$/i;
/** The IPv6 form of an IPv4 address (RFC 4291, 2.5.5.2), as `SocketAddress` writes it; its prefix has 96 bits before those of IPv4. */
const MAPPED = /^::ffff:(?=\d+\.)/;
const MAPPED_BITS = 96;

/** An address, or a network in the notation of CIDR (RFC 4632), of IPv4 or IPv6. */
export function network(): VariableType<Network> {
  return {
    expected: 'an address, or a network such as 10.0.0.0/8 or fd00::/8 that is not all addresses',
    parse: parseNetwork,
  };
}

export function parseNetwork(text: string): Network | undefined {
  const { address = '', prefix } = FORM.exec(text)?.groups ?? {};
  const version = isIP(address);
  if (version === 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  const plain = version === 4 ? address : new SocketAddress({ address, family: 'ipv6' }).address;
  return MAPPED.test(plain) && length >= MAPPED_BITS
    ? networkOf(plain.replace(MAPPED, ''), length - MAPPED_BITS, 'ipv4')
    : networkOf(plain, length, version === 4 ? 'ipv4' : 'ipv6');
}

/** Undefined for all addresses of a family. */
function networkOf(address: string, prefix: number, family: Network['family']): Network | undefined {
  return prefix === 0 ? undefined : { address, prefix, family };
}
