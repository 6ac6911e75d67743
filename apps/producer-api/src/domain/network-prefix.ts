const zero = '0'.charCodeAt(0);

/**
 * The network of an IP address: /24 of IPv4, /48 of IPv6 (what one site or household usually holds), as text.
 * Undefined when the text is not an IP address. IPv4-mapped IPv6 counts as IPv4.
 */
export function networkPrefix(ip: string): string | undefined {
  const zoneAt = ip.indexOf('%');
  const address = zoneAt < 0 ? ip : ip.slice(0, zoneAt);
  if (address.length > 45) return undefined;
  if (!address.includes(':')) return ipv4Prefix(address);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  const v4 = mapped?.[1] === undefined ? undefined : ipv4Prefix(mapped[1]);
  return v4 ?? ipv6Prefix(address);
}

function ipv4Prefix(address: string): string | undefined {
  const parts = address.split('.');
  if (parts.length !== 4) return undefined;
  const [a = -1, b = -1, c = -1, d = -1] = parts.map(byteOf);
  return a < 0 || b < 0 || c < 0 || d < 0 ? undefined : `${a}.${b}.${c}.0/24`;
}

/** One to three digits, at most 255; -1 for anything else. Without an expression: every view asks. */
function byteOf(digits: string): number {
  if (digits.length === 0 || digits.length > 3) return -1;
  let value = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return -1;
    value = 10 * value + digit;
  }
  return value > 255 ? -1 : value;
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
