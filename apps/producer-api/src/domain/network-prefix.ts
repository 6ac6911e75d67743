/**
 * The network of an IP address: /24 of IPv4, /48 of IPv6 (what one site or household usually holds), as text.
 * Undefined when the text is not an IP address. IPv4-mapped IPv6 counts as IPv4.
 */
export function networkPrefix(ip: string): string | undefined {
  const address = ip.split('%', 1)[0] ?? '';
  if (address.length > 45) return undefined;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  const v4 = ipv4Prefix(mapped?.[1] ?? address);
  return v4 ?? (address.includes(':') ? ipv6Prefix(address) : undefined);
}

function ipv4Prefix(address: string): string | undefined {
  const parts = address.split('.');
  const isRight =
    parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isRight ? `${parts.slice(0, 3).map(Number).join('.')}.0/24` : undefined;
}

function ipv6Prefix(address: string): string | undefined {
  const [left = '', right, ...more] = address.split('::');
  if (more.length > 0) return undefined;
  const head = groups(left);
  const tail = groups(right ?? '');
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return `${all
    .slice(0, 3)
    .map((group) => group.toString(16))
    .join(':')}::/48`;
}

function groups(text: string): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))
    ? parts.map((part) => Number.parseInt(part, 16))
    : undefined;
}
