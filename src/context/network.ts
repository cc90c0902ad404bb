/** Undoes the IPv6 form of an IPv4 address, which a socket for both reports (RFC 4291, 2.5.5.2). */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** An IPv4 address, or the 64-bit network of an IPv6 address (RFC 4291), as providers assign one to each customer. */
export function networkOf(address: string): string {
  const plain = plainAddress(address).toLowerCase();
  if (!plain.includes(':')) return plain;
  const [withoutZone = ''] = plain.split('%', 1);
  const [front = '', back] = withoutZone.split('::');
  const head = front ? front.split(':') : [];
  const tail = back ? back.split(':') : [];
  const zeros = back === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return `${[...head, ...Array<string>(zeros).fill('0'), ...tail].slice(0, 4).join(':')}::/64`;
}
