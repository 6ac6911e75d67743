const slotCount = 16_384;
/** Longer strings are hardly repeated and would cost memory. */
const lengthMax = 192;

/**
 * Strings read from UTF-8 bytes, the same one again for the same bytes where possible: it needs no decoding, and comparing it or
 * looking it up costs less. One place per hash, so its size is bounded and a newcomer just takes the place.
 */
export class StringCache {
  readonly #strings: string[] = new Array<string>(slotCount).fill('');

  read(bytes: Buffer, from: number, to: number): string {
    const length = to - from;
    if (length === 0 || length > lengthMax) return bytes.toString('utf8', from, to);
    const slot = slotOf(bytes, from, to);
    const known = this.#strings[slot] as string;
    if (known.length === length && isAscii(known, bytes, from)) return known;
    const read = bytes.toString('utf8', from, to);
    this.#strings[slot] = read;
    return read;
  }
}

/** Are the bytes the text, all of it ASCII? */
function isAscii(text: string, bytes: Buffer, from: number): boolean {
  for (let i = text.length - 1; i >= 0; i -= 1) {
    const byte = bytes[from + i] as number;
    if (byte !== text.charCodeAt(i) || byte > 0x7f) return false;
  }
  return true;
}

/** From the length and the last six bytes, which differ most in addresses. */
function slotOf(bytes: Buffer, from: number, to: number): number {
  let hash = to - from;
  for (let at = Math.max(from, to - 6); at < to; at += 1)
    hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return (hash ^ (hash >>> 15)) & (slotCount - 1);
}
