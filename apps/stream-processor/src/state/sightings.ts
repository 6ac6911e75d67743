import { type SightingGroup, viewerBytes } from '@trending/schemas';
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

  /** All of them, by the partition that knows the viewer, then by token and second; none are left. */
  take(partitions: number): ReadonlyMap<number, readonly SightingGroup[]> {
    const taken = new Map<number, Map<string, Group>>();
    for (const [index, token] of this.#tokens.entries()) {
      const at = index * width;
      const [second = 0, high = 0, low = 0] = this.#words.subarray(at, at + width);
      const partition = viewerPartition(high, partitions);
      const groups = entryOf(taken, partition, () => new Map<string, Group>());
      const group = entryOf(groups, `${second}|${token}`, () => ({ token, second, words: [] }));
      group.words.push(high, low);
    }
    this.#tokens.length = 0;
    return new Map(
      [...taken].map(([partition, groups]) => [partition, [...groups.values()].map(packed)]),
    );
  }
}

interface Group {
  readonly token: string;
  readonly second: number;
  readonly words: number[];
}

function packed({ token, second, words }: Group): SightingGroup {
  const viewers = Buffer.alloc((words.length / 2) * viewerBytes);
  for (const [index, value] of words.entries()) viewers.writeUInt32LE(value, index * 4);
  return { token, second, viewers };
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
