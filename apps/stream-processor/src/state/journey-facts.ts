import { type JourneyGroup, type ViewerJourneys, viewerBytes } from '@trending/schemas';
import type { TokenHash } from '../domain/token-hash.ts';
import { grown, grownLength } from './columns.ts';

/** Whose fact it is: a token of a partition of the views topic, on a day. */
export interface FactPlace {
  readonly partition: number;
  readonly token: TokenHash;
  readonly day: number;
}

/** Facts on their way to the journeys topic, by the partition of the views, then by token and day, in the order in which each came up first. */
export class JourneyFacts {
  #viewers: Uint8Array = new Uint8Array(0);
  #at = 0;
  readonly #byPartition = new Map<number, Map<string, GroupLists>>();
  /** Viewers of one group come one behind the other. */
  #last: (FactPlace & { readonly lists: GroupLists }) | undefined;

  /** The facts that follow are about the viewer that stands there. */
  aboutViewer(viewers: Uint8Array, at: number): void {
    this.#viewers = viewers;
    this.#at = at;
  }

  /** The viewer had been at another token before it came to this one. */
  came(place: FactPlace): void {
    this.#listsOf(place).came.push(this.#viewers, this.#at);
  }

  /** The viewer soon went on from this token to another one. */
  went(place: FactPlace): void {
    this.#listsOf(place).went.push(this.#viewers, this.#at);
  }

  all(): readonly ViewerJourneys[] {
    return [...this.#byPartition].map(([partition, groups]) => ({
      partition,
      groups: [...groups.values()].map(
        ({ token, day, came, went }): JourneyGroup => ({
          ...{ tokenHash: token, day },
          came: came.bytes(),
          went: went.bytes(),
        }),
      ),
    }));
  }

  #listsOf({ partition, token, day }: FactPlace): GroupLists {
    const last = this.#last;
    if (last?.token === token && last.day === day && last.partition === partition)
      return last.lists;
    let groups = this.#byPartition.get(partition);
    if (groups === undefined) {
      groups = new Map();
      this.#byPartition.set(partition, groups);
    }
    const key = `${day}|${token}`;
    let lists = groups.get(key);
    if (lists === undefined) {
      lists = { token, day, came: new ViewerList(), went: new ViewerList() };
      groups.set(key, lists);
    }
    this.#last = { partition, token, day, lists };
    return lists;
  }
}

interface GroupLists {
  readonly token: TokenHash;
  readonly day: number;
  readonly came: ViewerList;
  readonly went: ViewerList;
}

/** Viewers one behind the other, as copies. */
class ViewerList {
  #bytes = new Uint8Array(0);
  #length = 0;

  push(viewers: Uint8Array, at: number): void {
    const end = this.#length + viewerBytes;
    if (end > this.#bytes.length)
      this.#bytes = grown(this.#bytes, grownLength(2 * this.#length, end));
    for (let i = 0; i < viewerBytes; i += 1)
      this.#bytes[this.#length + i] = viewers[at + i] as number;
    this.#length = end;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
