import type { ViewDelta } from '@trending/schemas';
import { ChainBrokenError, CheckpointFold } from '../domain/checkpoint-fold.ts';
import { AggregateState } from '../state/aggregate-state.ts';
import { OlderBaseError } from '../state/base-format.ts';
import { BaseReader } from '../state/base-reader.ts';
import type { KnownTokens } from '../state/category-table.ts';
import { type CheckpointLog, type CheckpointRecord, nextChain } from './checkpoint-log.ts';
import type { KnownBase } from './checkpoint-schedule.ts';
import { type AppliedDelta, RecentDeltas } from './recent-deltas.ts';

/** Records looked at for a base before the search doubles its reach. */
const lookBackMin = 4;

/** A partition's state as its checkpoint log tells it. */
export interface Restored {
  readonly state: AggregateState;
  readonly chain: Uint8Array;
  /** What the epochs of this partition are counted from. */
  readonly epochBase: number;
  /** The base it began with; undefined = the first one of the log, which nobody verified. */
  readonly base: KnownBase | undefined;
  readonly recent: RecentDeltas;
  /** Rows applied after the base, and bytes read. */
  readonly rows: number;
  readonly bytes: number;
}

export interface RestoreRange {
  /** First offset of the log. */
  readonly start: number;
  /** Read up to here: the offset of the reader's own fence. */
  readonly to: number;
  /** The windows end here, or where the base says when that is later; ms. */
  readonly asOf: number;
  readonly known: KnownTokens;
}

/**
 * Folds the checkpoint log up to `to`, from the newest verified base if there is one.
 * @returns undefined when there is no base at all, since the partition was never counted, or one of an older format
 * @throws AppError INVARIANT_BROKEN when the log contradicts itself
 */
export async function restore(
  log: CheckpointLog,
  range: RestoreRange,
): Promise<Restored | undefined> {
  const restoring = await beginRestore(log, range);
  return restoring.readTo(range.to);
}

/** Finds where to begin; nothing is folded yet. `to`: at present the log's end. */
export async function beginRestore(log: CheckpointLog, range: RestoreRange): Promise<Restoring> {
  return new Restoring(log, range, await newestBase(log, range.start, range.to));
}

/**
 * A restore that may go on later: a fold of a log, and what is read of it so far. A fold up to one offset and then up to the next is the fold
 * up to that one.
 */
export class Restoring {
  readonly #log: CheckpointLog;
  readonly #folding: Folding;
  readonly #from: BaseFound | undefined;
  #next: number;

  constructor(log: CheckpointLog, range: RestoreRange, from: BaseFound | undefined) {
    this.#log = log;
    this.#from = from;
    this.#folding = new Folding(range, from);
    this.#next =
      from === undefined
        ? range.start
        : Math.max(range.start, Math.min(from.recentAt, from.baseAt));
  }

  /** Is there a newer base than its own by now? Then that one is to be named, and the old one may be gone. */
  get isOvertaken(): boolean {
    return this.#folding.newestBaseAt > (this.#from?.baseAt ?? -1);
  }

  /** Of the log, what has to be there still to go on. */
  get next(): number {
    return this.#next;
  }

  /** @throws as {@link restore} does */
  async readTo(to: number): Promise<Restored | undefined> {
    try {
      for await (const record of this.#log.read(this.#next, to)) this.#folding.take(record);
    } catch (error) {
      if (error instanceof OlderBaseError) {
        this.#log.outdated(error.message);
        return undefined;
      }
      if (error instanceof ChainBrokenError || error instanceof RangeError)
        throw this.#log.broken(error.message, error);
      throw error;
    }
    this.#next = Math.max(this.#next, to);
    const restored = this.#folding.result();
    if (restored === undefined && this.#from !== undefined)
      throw this.#log.broken(`the base at record ${this.#from.baseAt} is not complete`);
    return restored;
  }
}

interface BaseFound extends Omit<KnownBase, 'bytesSince'> {
  /** Input offset of the state that it holds. */
  readonly end: number;
}

/**
 * Looks back from `to` for the newest delta that knows a verified base, whoever wrote it. A delta that landed late may name a base
 * that is deleted by now: somebody verified a newer one, and told so, before.
 * @throws AppError INPUT_GAP when no base that deltas name is left
 */
async function newestBase(
  log: CheckpointLog,
  start: number,
  to: number,
): Promise<BaseFound | undefined> {
  let reach = lookBackMin;
  let newest: ViewDelta | undefined;
  for (let end = to; end > start; reach *= 2) {
    const from = Math.max(start, end - reach);
    for await (const { value } of log.read(from, end))
      if (value.baseAt > (newest?.baseAt ?? -1)) newest = value;
    if (newest !== undefined && newest.baseAt >= start) break;
    end = from;
  }
  return newest && baseOf(log, newest);
}

async function baseOf(log: CheckpointLog, { baseAt, recentAt }: ViewDelta): Promise<BaseFound> {
  for await (const { timestamp, value } of log.read(baseAt, baseAt + 1))
    if (value.kind === 'base') return { baseAt, recentAt, writtenAt: timestamp, end: value.end };
  throw log.broken(`there is no base at record ${baseAt}`);
}

/** One pass over the log. */
class Folding {
  /** Newest base that a delta named. */
  newestBaseAt = -1;
  readonly #range: RestoreRange;
  readonly #fold: CheckpointFold;
  readonly #from: BaseFound | undefined;
  readonly #recent = new RecentDeltas();
  #state: AggregateState;
  #base: BaseReader;
  /** Recent views before the base are known up to this input offset and log time. */
  #recollected = { end: 0, logTime: 0 };
  #rows = 0;
  #bytes = 0;
  #bytesSinceBase = 0;

  constructor(range: RestoreRange, from: BaseFound | undefined) {
    this.#range = range;
    this.#from = from;
    this.#fold = new CheckpointFold(nextChain, from?.baseAt);
    this.#state = this.#freshState();
    this.#base = new BaseReader(this.#state);
  }

  take({ offset, value }: CheckpointRecord): void {
    const { length } = value.payload;
    this.#bytes += length;
    this.newestBaseAt = Math.max(this.newestBaseAt, value.baseAt);
    // Whatever stands there has to be read, but for what every base is followed by: a delta without rows.
    const hasRows = value.kind !== 'delta' || value.start !== value.end;
    if (this.#fold.end !== undefined && hasRows) this.#bytesSinceBase += length;
    switch (this.#fold.take(offset, value)) {
      case 'load':
        this.#load(value.part, value.payload);
        break;
      case 'adopt':
        this.#load(value.part, value.payload);
        // Bases of former versions do not tell.
        if (value.start >= 0) this.#state.beganAt(value.start);
        break;
      case 'apply':
        this.#state.replay(value.payload, value.end - value.start);
        this.#rows += value.end - value.start;
        this.#recent.add({ offset, ...value });
        break;
      case 'recollect':
        this.#recollect({ offset, ...value }, value.payload);
        break;
      case 'skip':
        break;
    }
  }

  result(): Restored | undefined {
    const { epochBase } = this.#base;
    if (this.#fold.end === undefined || epochBase === undefined) return undefined;
    return {
      state: this.#state,
      chain: this.#fold.chain,
      epochBase,
      base: this.#from && { ...this.#from, bytesSince: this.#bytesSinceBase },
      recent: this.#recent,
      rows: this.#rows,
      bytes: this.#bytes,
    };
  }

  #load(part: number, payload: Uint8Array): void {
    if (part === 0 && this.#from === undefined) this.#state = this.#freshState();
    if (part === 0) this.#base = new BaseReader(this.#state);
    this.#base.add(payload);
  }

  /**
   * Deltas before the base, whoever wrote them: what they say of an offset depends on the views alone. What lies behind the base's
   * offset is not taken from here: it is not part of the state yet.
   */
  #recollect(delta: AppliedDelta, payload: Uint8Array): void {
    const before = this.#recollected;
    const until = Math.min(delta.end, this.#from?.end ?? 0);
    if (until <= before.end) return;
    this.#state.recollect(payload, {
      rows: delta.end - delta.start,
      from: before.end - delta.start,
      to: until - delta.start,
      logTime: before.logTime,
    });
    this.#recollected = { end: until, logTime: Math.max(before.logTime, delta.logTime) };
    this.#recent.add(delta);
  }

  #freshState(): AggregateState {
    const { asOf, known } = this.#range;
    return new AggregateState({ from: 0, asOf, known });
  }
}
