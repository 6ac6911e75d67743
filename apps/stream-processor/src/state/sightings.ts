import { sightingAt, sightingBytes, type ViewerSightings } from '@trending/schemas';
import { wordAt } from '../domain/hash.ts';
import { highWordIn, lowWordIn, type TokenHash } from '../domain/token-hash.ts';
import { grown, grownLength } from './columns.ts';

const bytesOfWord = 4;
const width = sightingBytes / bytesOfWord;
/** Where in a row things stand, in words. */
const word = {
  token: sightingAt.token / bytesOfWord,
  second: sightingAt.second / bytesOfWord,
  viewer: sightingAt.viewer / bytesOfWord,
} as const;
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Which partition of the sightings topic knows a viewer. */
export function viewerPartition(viewerHigh: number, partitions: number): number {
  return viewerHigh % partitions;
}

/** What a record of the topic holds besides the partition of the tokens. */
type Told = Pick<ViewerSightings, 'rows'>;

/** Viewers that were new to a token, or new on a day: kept until they are told, at most as many as views between two checkpoints. */
export class Sightings {
  /** Rows as they are told, word by word. */
  #words = new Uint32Array(64 * width);
  #end = 0;

  get size(): number {
    return this.#end / width;
  }

  /** `second`: since 1970. `viewer`: its keyed hash. */
  add(token: TokenHash, second: number, viewer: Uint8Array): void {
    const at = this.#end;
    this.#end += width;
    if (this.#end > this.#words.length)
      this.#words = grown(this.#words, grownLength(this.#words.length, this.#end));
    this.#words[at + word.token] = lowWordIn(token);
    this.#words[at + word.token + 1] = highWordIn(token);
    this.#words[at + word.second] = second;
    this.#words[at + word.viewer] = wordAt(viewer, 0);
    this.#words[at + word.viewer + 1] = wordAt(viewer, 4);
  }

  /** All of them, by the partition that knows the viewer; none are left. */
  take(partitions: number): ReadonlyMap<number, Told> {
    const words = this.#words;
    const counts = new Uint32Array(partitions);
    const partitionAt = (row: number) =>
      viewerPartition(words[row + word.viewer] as number, partitions);
    for (let row = 0; row < this.#end; row += width) {
      const partition = partitionAt(row);
      counts[partition] = (counts[partition] as number) + 1;
    }
    const pages = [...counts].map((rows) => new Uint32Array(rows * width));
    const ends = new Uint32Array(partitions);
    for (let row = 0; row < this.#end; row += width) {
      const partition = partitionAt(row);
      const page = pages[partition] as Uint32Array;
      const end = ends[partition] as number;
      for (let i = 0; i < width; i += 1) page[end + i] = words[row + i] as number;
      ends[partition] = end + width;
    }
    this.#end = 0;
    return new Map(
      [...pages.entries()]
        .filter(([, page]) => page.length > 0)
        .map(([partition, page]) => [partition, { rows: bytesOf(page) }]),
    );
  }
}

function bytesOf(words: Uint32Array<ArrayBuffer>): Buffer {
  const bytes = Buffer.from(words.buffer);
  return isLittleEndian ? bytes : bytes.swap32();
}
