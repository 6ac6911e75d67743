import { longestTokenKey } from '@trending/schemas';

const places = 2 ** 16;
/** So many bytes at the end of a text choose its place: addresses differ there. */
const hashedBytes = 8;

/**
 * Strings of ASCII bytes: a text that comes again is the same object as before, so it is not made anew and a `Map` knows its hash. As many
 * texts as there are places, none longer than a token may be; whoever comes last keeps the place of its hash.
 */
export class TextCache {
  readonly #texts = new Array<string>(places).fill('');

  /** The text of the bytes `[from, to)`; undefined when one of them is not ASCII. */
  textOf(bytes: Buffer, from: number, to: number): string | undefined {
    let hash = to - from;
    for (let i = Math.max(from, to - hashedBytes); i < to; i += 1)
      hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    const place = (hash ^ (hash >>> 15)) & (places - 1);
    const known = this.#texts[place] as string;
    if (known.length === to - from && isAt(known, bytes, from)) return known;
    if (!isAscii(bytes, from, to)) return undefined;
    const text = bytes.toString('latin1', from, to);
    // Whoever may write to the log may write texts of a megabyte.
    if (text.length <= longestTokenKey) this.#texts[place] = text;
    return text;
  }
}

function isAt(text: string, bytes: Buffer, from: number): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) !== bytes[from + i]) return false;
  return true;
}

function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}
