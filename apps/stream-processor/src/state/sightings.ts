import { sightingAt, sightingBytes, type ViewerSightings } from '@trending/schemas';
import type { FoldedView } from '../domain/folded-view.ts';
import { wordAt } from '../domain/hash.ts';
import { grown, grownLength } from './columns.ts';

const width = 3;

/** Which partition of the sightings topic knows a viewer. */
export function viewerPartition(viewerHigh: number, partitions: number): number {
  return viewerHigh % partitions;
}

/** A viewer's hash in two words. */
export function viewerOf({ viewer }: Pick<FoldedView, 'viewer'>) {
  return { high: wordAt(viewer, 0), low: wordAt(viewer, 4) };
}

/** Viewers that were new to a token, or new on a day: kept until they are told, at most as many as views between two checkpoints. */
export class Sightings {
  readonly #tokens: string[] = [];
  /** Second and viewer of each. */
  #words = new Uint32Array(64 * width);

  get size(): number {
    return this.#tokens.length;
  }

  add(
    token: string,
    second: number,
    viewer: { readonly high: number; readonly low: number },
  ): void {
    const at = this.#tokens.length * width;
    if (at + width > this.#words.length)
      this.#words = grown(this.#words, grownLength(this.#words.length, at + width));
    this.#words[at] = second;
    this.#words[at + 1] = viewer.high;
    this.#words[at + 2] = viewer.low;
    this.#tokens.push(token);
  }

  /** All of them, by the partition that knows the viewer; none are left. */
  take(partitions: number): ReadonlyMap<number, Told> {
    const pages = new Map<number, Page>();
    for (let index = 0; index < this.#tokens.length; index += 1) {
      const at = index * width;
      const high = this.#words[at + 1] as number;
      const partition = viewerPartition(high, partitions);
      let page = pages.get(partition);
      if (page === undefined) {
        page = new Page();
        pages.set(partition, page);
      }
      page.add(this.#tokens[index] as string, [
        this.#words[at] as number,
        high,
        this.#words[at + 2] as number,
      ]);
    }
    this.#tokens.length = 0;
    return new Map([...pages].map(([partition, page]) => [partition, page.told()]));
  }
}

/** What a record of the topic holds besides the partition of the tokens. */
type Told = Pick<ViewerSightings, 'tokens' | 'rows'>;

/** Rows on their way to one partition. */
class Page {
  readonly #places = new Map<string, number>();
  #rows = Buffer.allocUnsafe(64 * sightingBytes);
  #length = 0;

  add(token: string, [second, high, low]: readonly [number, number, number]): void {
    let place = this.#places.get(token);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(token, place);
    }
    const at = this.#length;
    this.#length += sightingBytes;
    if (this.#length > this.#rows.length) this.#rows = longer(this.#rows);
    this.#rows.writeUInt32LE(place, at + sightingAt.token);
    this.#rows.writeUInt32LE(second, at + sightingAt.second);
    this.#rows.writeUInt32LE(high, at + sightingAt.viewer);
    this.#rows.writeUInt32LE(low, at + sightingAt.viewer + 4);
  }

  told(): Told {
    return { tokens: [...this.#places.keys()], rows: this.#rows.subarray(0, this.#length) };
  }
}

function longer(rows: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  return Buffer.concat([rows], 2 * rows.length);
}
