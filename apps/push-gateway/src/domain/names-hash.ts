import type { FrameItem } from '@trending/schemas';
import type { BoardVersion } from './board-version.ts';

const hashes = new WeakMap<BoardVersion, string>();

/** What the items of a version are called, as a short text: names come from another topic than ranks, and change at other times. */
export function namesHash(version: BoardVersion): string {
  const held = hashes.get(version);
  if (held !== undefined) return held;
  const made = hashOf(version.items.map(namesOf).join('\n'));
  hashes.set(version, made);
  return made;
}

function namesOf({ name, symbol, logoUri, categories }: FrameItem): string {
  return name === undefined ? '' : JSON.stringify([name, symbol, logoUri, categories]);
}

/** FNV-1a, twice from different starts: 64 bits, so that two sets of names do not meet by chance. */
function hashOf(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x2f0b4f9d;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit ^ (a >>> 13), 0x01000193);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}
