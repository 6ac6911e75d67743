import {
  type BoardRef,
  boardChecksum,
  type DeltaFrame,
  type FrameItem,
  type HeartbeatFrame,
  type LimitClass,
  type Position,
  type SnapshotFrame,
} from '@trending/schemas';
import { boardDelta } from './board-delta.ts';
import type { BoardVersion } from './board-version.ts';
import { OutgoingFrame } from './outgoing-frame.ts';

interface ShownVersion extends Position {
  readonly asOf: number;
  readonly receivedAt: number;
  readonly scoredAt: number;
  readonly items: readonly FrameItem[];
}

const nothing: ShownVersion = {
  epoch: 0,
  seq: 0,
  asOf: 0,
  receivedAt: 0,
  scoredAt: 0,
  items: [],
};

/** Deltas kept for those who come back; a longer absence gets a snapshot. */
const deltasKept = 64;

/**
 * The first `limit` places of one board as a sequence of frames that all its holders share. Its position moves only when these
 * places change, so a client of the top ten hears nothing about place fifty.
 */
export class Channel {
  readonly ref: BoardRef;
  readonly limit: LimitClass;
  #shown = nothing;
  #position: Position = { epoch: 0, seq: 0 };
  /** Of the board's newest version, whether its first places changed or not. */
  #newest: Pick<ShownVersion, 'asOf' | 'receivedAt' | 'scoredAt'> = nothing;
  #deltas: OutgoingFrame<DeltaFrame>[] = [];
  /** The last delta alone, as almost every holder needs it; one array for all of them. */
  #newestDelta: readonly OutgoingFrame<DeltaFrame>[] = [];
  #snapshot: OutgoingFrame<SnapshotFrame> | undefined;

  constructor(ref: BoardRef, limit: LimitClass) {
    this.ref = ref;
    this.limit = limit;
  }

  get position(): Position {
    return this.#position;
  }

  get times(): Pick<ShownVersion, 'receivedAt' | 'scoredAt'> {
    return this.#shown;
  }

  /** Takes a newer version over. True when its holders have something to learn. */
  publish(version: BoardVersion, pushedAt: number): boolean {
    const next = shownOf(version, this.limit);
    const previous = this.#shown;
    const { asOf, receivedAt, scoredAt } = next;
    this.#newest = { asOf, receivedAt, scoredAt };
    if (next.epoch !== previous.epoch) {
      this.#forgetDeltas();
    } else {
      if (next.seq <= previous.seq) return false;
      const { ops, checksum } = boardDelta({
        previous: previous.items,
        next: next.items,
        limit: this.limit,
      });
      if (ops.length === 0) return false;
      const { items: _, ...head } = next;
      this.#deltas.push(
        new OutgoingFrame<DeltaFrame>({
          type: 'delta',
          board: this.ref,
          ...head,
          pushedAt,
          prevSeq: previous.seq,
          ops,
          checksum,
        }),
      );
      this.#newestDelta = this.#deltas.slice(-1);
      if (this.#deltas.length > deltasKept) this.#deltas.shift();
    }
    this.#show(next);
    return true;
  }

  /** Back to the board nobody has ranked. */
  clear(): void {
    this.#newest = nothing;
    this.#forgetDeltas();
    this.#show(nothing);
  }

  #forgetDeltas(): void {
    this.#deltas = [];
    this.#newestDelta = [];
  }

  #show(shown: ShownVersion): void {
    this.#shown = shown;
    this.#position = { epoch: shown.epoch, seq: shown.seq };
    this.#snapshot = undefined;
  }

  snapshot(pushedAt: number): OutgoingFrame<SnapshotFrame> {
    const { items, ...head } = this.#shown;
    this.#snapshot ??= new OutgoingFrame<SnapshotFrame>({
      type: 'snapshot',
      board: this.ref,
      ...head,
      pushedAt,
      limit: this.limit,
      items,
      checksum: boardChecksum(items),
    });
    return this.#snapshot;
  }

  /** Every frame after `position`, or undefined when even one of them is gone: all or nothing. */
  missedSince(position: Position): readonly OutgoingFrame<DeltaFrame>[] | undefined {
    if (position.epoch !== this.#shown.epoch) return undefined;
    if (position.seq === this.#shown.seq) return [];
    if (this.#newestDelta[0]?.frame.prevSeq === position.seq) return this.#newestDelta;
    const first = this.#deltas.findLastIndex(({ frame }) => frame.prevSeq === position.seq);
    return first < 0 ? undefined : this.#deltas.slice(first);
  }

  heartbeat(now: number): OutgoingFrame<HeartbeatFrame> {
    const { asOf, receivedAt, scoredAt } = this.#newest;
    return new OutgoingFrame<HeartbeatFrame>({
      type: 'heartbeat',
      board: this.ref,
      epoch: this.#shown.epoch,
      seq: this.#shown.seq,
      asOf,
      receivedAt,
      scoredAt,
      pushedAt: now,
      staleMs: scoredAt === 0 ? 0 : Math.max(0, now - scoredAt),
    });
  }
}

function shownOf({ board, items }: BoardVersion, limit: number): ShownVersion {
  const { epoch, seq, asOf, newestReceivedAt, scoredAt } = board;
  return {
    epoch,
    seq,
    asOf,
    receivedAt: newestReceivedAt,
    scoredAt,
    items: items.slice(0, limit),
  };
}
