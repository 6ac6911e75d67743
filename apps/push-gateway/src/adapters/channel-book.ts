import { type BoardRef, boardKey, type LimitClass } from '@trending/schemas';
import { Channel } from '../domain/channel.ts';
import type { Subscription } from './session.ts';

export interface HeldChannel {
  readonly channel: Channel;
  readonly holders: Set<Subscription>;
  /** Wall clock since when nobody holds it; undefined while somebody does. */
  idleSince: number | undefined;
}

/** Channels outlive their last holder for as long as a reconnect may take: their deltas make an exact resume possible. */
const idleKeptMs = 300_000;

/** Every channel in use, by board and limit class. */
export class ChannelBook {
  readonly #boards = new Map<string, Map<LimitClass, HeldChannel>>();

  get boardCount(): number {
    return this.#boards.size;
  }

  has(key: string): boolean {
    return this.#boards.has(key);
  }

  ofBoard(key: string): readonly HeldChannel[] {
    return [...(this.#boards.get(key)?.values() ?? [])];
  }

  all(): readonly HeldChannel[] {
    return [...this.#boards.values()].flatMap((classes) => [...classes.values()]);
  }

  find(channel: Channel): HeldChannel | undefined {
    return this.#boards.get(keyOf(channel.ref))?.get(channel.limit);
  }

  create(ref: BoardRef, limit: LimitClass): HeldChannel {
    const classes = this.#boards.get(keyOf(ref)) ?? new Map<LimitClass, HeldChannel>();
    this.#boards.set(keyOf(ref), classes);
    const held = {
      channel: new Channel(ref, limit),
      holders: new Set<Subscription>(),
      idleSince: undefined,
    };
    classes.set(limit, held);
    return held;
  }

  /** Forgets channels that nobody came back to. */
  sweep(now: number): void {
    for (const [key, classes] of this.#boards) {
      for (const [limit, { idleSince }] of classes) {
        if (idleSince !== undefined && now - idleSince >= idleKeptMs) classes.delete(limit);
      }
      if (classes.size === 0) this.#boards.delete(key);
    }
  }
}

function keyOf(ref: BoardRef): string {
  return boardKey(ref.formula, ref.window, ref.scope);
}
