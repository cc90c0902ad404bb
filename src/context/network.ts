/** The address, or the 64-bit network of an IPv6 one (RFC 4291), which is what one customer gets; IPv4 in IPv6 counts as IPv4. */
export function networkOf(address: string): string {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain.includes(':')) return plain;
  const [withoutZone = ''] = plain.split('%', 1);
  const [front = '', back] = withoutZone.split('::');
  const head = front ? front.split(':') : [];
  const tail = back ? back.split(':') : [];
  const zeros = back === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return `${[...head, ...Array<string>(zeros).fill('0'), ...tail].slice(0, 4).join(':')}::/64`;
}
