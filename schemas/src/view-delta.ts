/**
 * Record of the checkpoint log. A `fence` names a new owner of the partition; a `delta` covers the input offsets `[start, end)`; a `base`
 * is one part of the whole state at `end`, counted from `start` on (-1: not told). `payload` is in the processor's own encoding.
 */
export interface ViewDelta {
  readonly kind: 'fence' | 'delta' | 'base';
  readonly ownerId: string;
  readonly build: string;
  readonly start: number;
  readonly end: number;
  readonly part: number;
  readonly parts: number;
  readonly streamTime: number;
  readonly logTime: number;
  /** Digest of all applied deltas: of a delta, those before it; of a base, those up to its `end`. */
  readonly chain: Uint8Array;
  readonly rules: string;
  /** Of a delta: offset of the newest base that its writer has verified, or -1. */
  readonly baseAt: number;
  /** Of a delta: a recovery from that base begins to read here, to know the recent views; or -1. */
  readonly recentAt: number;
  readonly payload: Uint8Array;
}
