import type { ViewDelta } from '@trending/schemas';

/** Digest of an applied delta and all before it. */
export type NextChain = (
  chain: Uint8Array,
  delta: Pick<ViewDelta, 'start' | 'end' | 'payload'>,
) => Uint8Array;

/** What a record of the checkpoint log means for the state. */
export type CheckpointStep =
  /** Its rows continue the state. */
  | 'apply'
  /** A part of the base that the state begins with, in order; part 0 begins anew. */
  | 'load'
  /** The last part of that base. */
  | 'adopt'
  /** Its rows lie before the base: only the recent views are of interest. */
  | 'recollect'
  /** Written by a superseded owner, a copy, or no part of the state. */
  | 'skip';

/** Two histories meet at the same offset: impossible unless the log or the fold is broken. */
export class ChainBrokenError extends Error {
  constructor(offset: number, { kind, start, end }: ViewDelta) {
    const at = kind === 'base' ? end : start;
    super(
      `record ${offset}: the ${kind} at ${at} stands where the state stands, but after other deltas than those that were applied`,
    );
    this.name = 'ChainBrokenError';
  }
}

interface Loading {
  readonly ownerId: string;
  readonly end: number;
  next: number;
}

/**
 * Which records of a partition's checkpoint log make up the state: a pure fold. The owner is whoever fenced last; only its deltas
 * count, and only those that begin where the last applied one ended. So copies, late arrivals and writers that do not know yet that
 * they were replaced change nothing.
 */
export class CheckpointFold {
  readonly #nextChain: NextChain;
  /** Offset of the base to begin with; undefined = from the first record of the log on. */
  readonly #baseAt: number | undefined;
  #owner: string | undefined;
  #end: number | undefined;
  #chain: Uint8Array = new Uint8Array(0);
  /** Before the last delta without rows, if nothing was applied behind it. */
  #chainBefore = this.#chain;
  #loading: Loading | undefined;

  constructor(nextChain: NextChain, baseAt?: number) {
    this.#nextChain = nextChain;
    this.#baseAt = baseAt;
  }

  /** First input offset that the applied deltas do not cover; undefined before a base. */
  get end(): number | undefined {
    return this.#end;
  }

  get chain(): Uint8Array {
    return this.#chain;
  }

  /** Takes the records in offset order. @throws ChainBrokenError */
  take(offset: number, record: ViewDelta): CheckpointStep {
    switch (record.kind) {
      case 'fence':
        this.#owner = record.ownerId;
        return 'skip';
      case 'base':
        return this.#end === undefined
          ? this.#takeBase(offset, record)
          : this.#checkBase(offset, record);
      case 'delta':
        return this.#end === undefined ? 'recollect' : this.#takeDelta(offset, record);
      default:
        throw new RangeError(`record ${offset} is of kind '${String(record.kind)}'`);
    }
  }

  #takeDelta(offset: number, record: ViewDelta): CheckpointStep {
    if (record.ownerId !== this.#owner || record.start !== this.#end) return 'skip';
    if (!sameBytes(record.chain, this.#chain)) {
      // A delta without rows does not move the end: its copy, after a lost answer, begins where it began.
      if (record.start === record.end) return 'skip';
      throw new ChainBrokenError(offset, record);
    }
    const chain = this.#nextChain(this.#chain, record);
    this.#chainBefore = record.start === record.end ? this.#chain : chain;
    this.#chain = chain;
    this.#end = record.end;
    return 'apply';
  }

  /**
   * A base of the owner where the state stands was written after the same deltas: recoveries that begin with it would stand elsewhere
   * otherwise. It does not know the delta without rows that tells of it, and a copy of it may land behind that one.
   */
  #checkBase(offset: number, record: ViewDelta): CheckpointStep {
    const isHere = record.ownerId === this.#owner && record.end === this.#end;
    const known = [this.#chain, this.#chainBefore];
    if (isHere && !known.some((chain) => sameBytes(record.chain, chain)))
      throw new ChainBrokenError(offset, record);
    return 'skip';
  }

  /** Parts come in order; a part repeated after a lost answer is passed over. Only the last one knows how many there are. */
  #takeBase(offset: number, record: ViewDelta): CheckpointStep {
    const { ownerId, end, part, parts, chain } = record;
    if (this.#baseAt === undefined && ownerId !== this.#owner) return 'skip';
    if (part === 0 && this.#loading?.ownerId !== ownerId && (this.#baseAt ?? offset) === offset)
      this.#loading = { ownerId, end, next: 0 };
    const loading = this.#loading;
    if (loading?.ownerId !== ownerId || loading.end !== end || loading.next !== part) return 'skip';
    loading.next += 1;
    if (part + 1 !== parts) return 'load';
    this.#owner = ownerId;
    this.#end = end;
    this.#chain = chain;
    this.#chainBefore = chain;
    return 'adopt';
  }
}

/** Are the two digests equal? */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
