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

/** Read digit by digit: every view asks. */
function ipv4Prefix(address: string): string | undefined {
  const bytes: number[] = [];
  let value = 0;
  let digits = 0;
  for (let at = 0; at <= address.length; at += 1) {
    const digit = at === address.length ? dot : address.charCodeAt(at) - zero;
    if (digit === dot) {
      if (digits === 0 || value > 255) return undefined;
      bytes.push(value);
      value = 0;
      digits = 0;
    } else {
      if (digit < 0 || digit > 9 || digits === 3) return undefined;
      value = 10 * value + digit;
      digits += 1;
    }
  }
  const [a, b, c] = bytes;
  return bytes.length === 4 ? `${a}.${b}.${c}.0/24` : undefined;
}

const zero = '0'.charCodeAt(0);
const dot = '.'.charCodeAt(0) - zero;

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
