import { isDeepStrictEqual } from 'node:util';

/** The same content: what was decoded has classes of the decoder's own. */
export function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
